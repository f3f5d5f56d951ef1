using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Reflex.Silo.Tests.Support;

namespace Reflex.Silo.Tests;

public sealed class StartTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_WithoutConfiguration_ServesTheDemoStreamAndItsConsumerLogs()
    {
        await using var silo = await StockSilo.StartAsync();

        using var response = await silo.Client.PostAsJsonAsync("/streams/demo/events", new { type = 7, foreignId = "order-42" }, Token);

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        await silo.Process.PrintsAsync("order-42");
        Assert.True(Directory.Exists(Path.Combine(silo.Folder, "data", "streams", "demo", "0")));
        Assert.Equal(HttpStatusCode.OK, (await silo.Client.GetAsync("/health/live", Token)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await silo.Client.GetAsync("/health/ready", Token)).StatusCode);
    }

    [Fact]
    public async Task Start_WithoutTheDemo_HasNoConsumer()
    {
        await using var silo = await StockSilo.StartAsync(folder: null, "--Reflex:Demo=false");

        Assert.Equal("""{"consumers":[]}""", await silo.Client.GetStringAsync("/consumers", Token));
    }

    [Fact]
    public async Task Start_WithoutConfiguration_ServesGrpcBesideHttpAndSaysWhere()
    {
        await using var silo = await StockSilo.StartAsync();
        await silo.Process.PrintsAsync($"{silo.Url}/streams/demo/events");
        Assert.Contains(silo.GrpcUrl, silo.Process.Printed, StringComparison.Ordinal);
        using var client = new HttpClient { DefaultRequestVersion = HttpVersion.Version20 };
        client.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact;

        // A list of streams has no fields: a message without bytes after gRPC's own header.
        using var body = new ByteArrayContent(new byte[5]);
        body.Headers.ContentType = new("application/grpc");
        using var response = await client.PostAsync($"{silo.GrpcUrl}/reflex.v1.Streams/ListStreams", body, Token);

        var answer = await response.Content.ReadAsByteArrayAsync(Token);
        Assert.Equal("0", response.TrailingHeaders.GetValues("grpc-status").Single());
        Assert.Contains("demo", System.Text.Encoding.ASCII.GetString(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Terminate_DuringAppendsAndAStream_EndsWithCode0AndKeepsWhatItAcknowledged()
    {
        await using var silo = await StockSilo.StartAsync();
        using var stream = await silo.Client.GetAsync("/streams/demo/events", HttpCompletionOption.ResponseHeadersRead, Token);
        var acknowledged = 0;
        var first = new TaskCompletionSource();
        var appending = Task.Run(
            async () =>
            {
                while (true)
                {
                    using var response = await silo.Client.PostAsJsonAsync(
                        "/streams/demo/events", new { type = 1, foreignId = "a" }, Token);
                    if (response.StatusCode != HttpStatusCode.Created)
                    {
                        return;
                    }

                    acknowledged++;
                    first.TrySetResult();
                }
            },
            Token);
        await first.Task.WaitAsync(Token);

        var code = await silo.Process.TerminateAsync();

        Assert.Equal(0, code);
        await appending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        await using var next = await StockSilo.StartAsync(silo.Folder);
        var partition = (await next.Client.GetFromJsonAsync<JsonElement>("/streams/demo", Token)).GetProperty("partitions")[0];
        Assert.InRange(int.Parse(partition.GetProperty("head").GetString()!), acknowledged, acknowledged + 1);
    }

    [Fact]
    public async Task Start_InAFolderThatAnotherSiloUses_IsRefusedInOneSentence()
    {
        await using var silo = await StockSilo.StartAsync();

        await RefusedAsync(silo.Folder, "data");
    }

    [Fact]
    public async Task Start_InAFolderOfANewerVersion_IsRefusedAndTouchesNothing()
    {
        var folder = await StoppedFolderAsync();
        var format = Path.Combine(folder, "data", "format");
        var newer = (await File.ReadAllTextAsync(format, Token)).Replace("1", "99", StringComparison.Ordinal);
        await File.WriteAllTextAsync(format, newer, Token);
        var before = Snapshot(folder);

        await RefusedAsync(folder, "99");

        Assert.Equal(before, Snapshot(folder));
    }

    [Fact]
    public async Task Start_WhereNoFolderCanBe_IsRefused()
    {
        var folder = Directory.CreateTempSubdirectory("reflex-silo-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "data"), "a file", Token);

        await RefusedAsync(folder, "data");
    }

    [Fact]
    public async Task Start_WithAnotherPartitionCount_IsRefusedNamingBoth()
    {
        var folder = await StoppedFolderAsync();

        await RefusedAsync(folder, "1 partitions but 4", "--Reflex:Streams:demo:Partitions=4");
    }

    [Theory]
    [InlineData("--Reflex:Streams:demo:Partitions=none", "Reflex:Streams:demo:Partitions is 'none'")]
    [InlineData("--Reflex:Streams:Orders:Partitions=1", "'Orders' is not the name of a stream")]
    [InlineData("--Kestrel:Endpoints:Http:Url=nonsense", "nonsense")]
    public async Task Start_WithABadSetting_IsRefusedNamingIt(string setting, string expected) =>
        await RefusedAsync(Directory.CreateTempSubdirectory("reflex-silo-").FullName, expected, setting);

    private static async Task<string> StoppedFolderAsync()
    {
        await using var silo = await StockSilo.StartAsync();
        Assert.Equal(0, await silo.Process.TerminateAsync());
        return silo.Folder;
    }

    private static async Task RefusedAsync(string folder, string expected, params string[] settings)
    {
        await using var silo = StockSilo.Launch(folder, settings);
        Assert.Equal(1, await silo.Process.EndsAsync());
        var line = Assert.Single(silo.Process.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("Reflex can't start: ", line, StringComparison.Ordinal);
        Assert.Contains(expected, line, StringComparison.Ordinal);
    }

    private static string Snapshot(string folder) => string.Join('\n', Directory
        .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .Order(StringComparer.Ordinal)
        .Select(file => $"{file} {new FileInfo(file).Length} {File.GetLastWriteTimeUtc(file):O}"));
}
