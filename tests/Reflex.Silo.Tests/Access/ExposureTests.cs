using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Reflex.Silo.Tests.Support;
using Reflex.Tests.Shared;

namespace Reflex.Silo.Tests.Access;

public sealed class ExposureTests
{
    private const string Key = "the-key-of-orders-6f1d0c5e";

    private static readonly string[] Access =
    [
        $"--Reflex:Access:ApiKeys:orders:0={Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Key)))}",
        "--Reflex:Access:Policies:orders:Who:0=key:orders",
        "--Reflex:Access:Policies:orders:Streams:0=dem*",
        "--Reflex:Access:Policies:orders:May:0=stream",
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("[::]")]
    [InlineData("*")]
    [InlineData("some-name")]
    public async Task Start_BeyondLoopbackWithoutAccess_IsRefusedBeforeItListens(string host)
    {
        var url = $"http://{host}:{Ports.Free()}";
        await using var silo = StockSilo.Launch(null, $"--Kestrel:Endpoints:Open:Url={url}");

        Assert.Equal(1, await silo.Process.EndsAsync());

        var line = Assert.Single(silo.Process.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("Reflex can't start: The endpoint http://", line, StringComparison.Ordinal);
        Assert.Contains("can be reached from other machines", line, StringComparison.Ordinal);
        Assert.DoesNotContain("Reflex listens on", silo.Process.Printed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://localhost:{0}")]
    [InlineData("http://[::1]:{0}")]
    [InlineData("http://unix:{1}/reflex.sock")]
    public async Task Start_OnThisMachineOnly_NeedsNoAccess(string url)
    {
        var folder = Directory.CreateTempSubdirectory("reflex-silo-").FullName;
        var setting = string.Format(url, Ports.Free(), folder);

        await using var silo = await StockSilo.StartAsync(folder, $"--Kestrel:Endpoints:Local:Url={setting}");

        Assert.Equal(HttpStatusCode.OK, (await silo.Client.GetAsync("/streams", Token)).StatusCode);
    }

    [Fact]
    public async Task Start_BeyondLoopbackWhereEverybodyMayDoEverything_Serves()
    {
        await using var silo = await StockSilo.StartAsync(
            null, $"--Kestrel:Endpoints:Open:Url=http://0.0.0.0:{Ports.Free()}", "--Reflex:Access:AllowAnonymous=true");

        Assert.Equal(HttpStatusCode.OK, (await silo.Client.GetAsync("/streams", Token)).StatusCode);
    }

    [Fact]
    public async Task Start_BeyondLoopbackWithAccess_ServesThoseWhoMay()
    {
        await using var silo = await StockSilo.StartAsync(
            null, [$"--Kestrel:Endpoints:Open:Url=http://0.0.0.0:{Ports.Free()}", .. Access]);

        Assert.Equal(HttpStatusCode.OK, await AskAsync(silo, HttpMethod.Get, Key));
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(silo, HttpMethod.Put, Key));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(silo, HttpMethod.Get, "nobody's"));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(silo, HttpMethod.Get, key: null));
        Assert.Equal(HttpStatusCode.OK, (await silo.Client.GetAsync("/health/ready", Token)).StatusCode);
    }

    [Theory]
    [InlineData("--Reflex:Access:AllowAnonymus=true", "The setting Reflex:Access:AllowAnonymus is unknown")]
    [InlineData("--Reflex:Access:Policies:orders:Streem:0=demo", "The setting Reflex:Access:Policies:orders:Streem is unknown")]
    [InlineData("--Reflex:Access:Jwt:Audiense=reflex", "The setting Reflex:Access:Jwt:Audiense is unknown")]
    [InlineData("--Reflex:Access:Policies:orders:May:1=read", "Policies:orders:May has 'read'")]
    [InlineData("--Reflex:Access:ApiKeys:others=not-a-list", "ApiKeys:others has a single value: expected a list with the entries")]
    [InlineData("--Reflex:Access:Jwt=https://issuer", "The setting Reflex:Access:Jwt has a single value")]
    [InlineData("--Reflex:Access:Policies:others=demo", "Policies:others has a single value: expected Who, Streams, May below it")]
    public async Task Start_WithABadSetting_IsRefusedNamingIt(string setting, string expected)
    {
        await using var silo = StockSilo.Launch(null, [.. Access, setting]);

        Assert.Equal(1, await silo.Process.EndsAsync());

        var line = Assert.Single(silo.Process.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("Reflex can't start: ", line, StringComparison.Ordinal);
        Assert.Contains(expected, line, StringComparison.Ordinal);
    }

    private static async Task<HttpStatusCode> AskAsync(StockSilo silo, HttpMethod method, string? key)
    {
        using var request = new HttpRequestMessage(method, "/streams/demo")
        {
            Headers = { Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key) },
        };
        using var answer = await silo.Client.SendAsync(request, Token);
        return answer.StatusCode;
    }
}
