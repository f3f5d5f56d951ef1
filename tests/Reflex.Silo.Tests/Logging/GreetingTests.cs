using System.Text.Json;
using System.Text.RegularExpressions;
using Reflex.Silo.Tests.Support;

namespace Reflex.Silo.Tests.Logging;

/// <summary>What a silo says when it serves.</summary>
public sealed class GreetingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_ForPeople_SaysInFiveLinesWhatItIs()
    {
        await using var silo = await StockSilo.StartAsync();
        await silo.Process.PrintsAsync("Try: curl");

        Assert.Matches(
            $"""
            Reflex listens on {Regex.Escape(silo.GrpcUrl)} and {Regex.Escape(silo.Url)}, version \d+\.\d+\.\d+\.
              storage     the data folder {Regex.Escape(Path.Combine(silo.Folder, "data"))}
              durability  flushed: an append is answered when it is on the disk
              cluster     a silo alone, at 127\.0\.0\.1:\d+, for Orleans clients at 127\.0\.0\.1:\d+, without TLS
              access      everybody on this machine may do everything
            """,
            silo.Process.Printed);
    }

    [Theory]
    [InlineData("whoever reaches it may do everything", "--Reflex:Access:AllowAnonymous=true")]
    [InlineData(
        "1 API keys, by 1 policies",
        "--Reflex:Access:ApiKeys:a:0=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "--Reflex:Access:Policies:a:Who:0=key:a",
        "--Reflex:Access:Policies:a:Streams:0=*",
        "--Reflex:Access:Policies:a:May:0=stream")]
    public async Task Start_WithAccess_SaysWhoMayComeIn(string expected, params string[] settings)
    {
        await using var silo = await StockSilo.StartAsync(null, settings);

        await silo.Process.PrintsAsync($"access      {expected}");
    }

    [Theory]
    [InlineData("--log=json")]
    [InlineData("--log", "json")]
    [InlineData("--Logging:Console:FormatterName=json")]
    public async Task Start_ForMachines_SaysItInLinesOfJson(params string[] settings)
    {
        await using var silo = await StockSilo.StartAsync(null, settings);
        await silo.Process.PrintsAsync("Access: everybody");
        using var body = new StringContent("""{"type":1,"foreignId":"a\u001b\nb"}""", encoding: null, "application/json");
        using var appended = await silo.Client.PostAsync("/streams/demo/events", body, Token);
        await silo.Process.PrintsAsync("Saw event");
        Assert.Equal(0, await silo.Process.TerminateAsync());

        var lines = silo.Process.Printed.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonElement.Parse(line))
            .ToList();
        Assert.All(lines, line => Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", line.GetProperty("Timestamp").GetString()));
        var texts = lines.Select(line => line.GetProperty("Message").GetString()!).ToList();
        Assert.Contains(texts, text => text.StartsWith("Reflex listens on", StringComparison.Ordinal));
        Assert.Contains(texts, text => text.StartsWith("Storage: the data folder", StringComparison.Ordinal));
        Assert.Contains(texts, text => text.StartsWith("Durability: flushed", StringComparison.Ordinal));
        Assert.Contains(texts, text => text.StartsWith("Cluster: a silo alone", StringComparison.Ordinal));
        Assert.Contains(texts, text => text.Contains("Saw event", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Start_WithALogThatThereIsNot_IsRefused()
    {
        await using var silo = StockSilo.Launch(null, "--log=xml");

        Assert.Equal(1, await silo.Process.EndsAsync());
        Assert.Contains("FormatterName is 'xml': expected line, json or systemd.", silo.Process.Errors, StringComparison.Ordinal);
    }
}
