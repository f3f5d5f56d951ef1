using System.Net;
using System.Security.Cryptography.X509Certificates;
using Reflex.Silo.Tests.Support;
using Reflex.Tests.Shared;

namespace Reflex.Silo.Tests.Reloading;

/// <summary>What of a change the silo takes while it runs.</summary>
public sealed class GoodSettingsFileTests : IDisposable
{
    private const string GrpcEndpoint = "\"Grpc\": { \"Url\"";

    private readonly SiloProgram _program = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _program.Dispose();

    [Fact]
    public async Task Change_OfALevel_IsTakenAtOnceAndBack()
    {
        await using var silo = await StockSilo.StartByAsync(_program.Command);

        _program.Save(_program.Original.Replace(
            "\"Microsoft\": \"Warning\"", "\"Microsoft\": \"Information\"", StringComparison.Ordinal));
        await silo.Process.PrintsAsync("Changed settings are in force: Logging:LogLevel:Microsoft.");
        Assert.Equal(HttpStatusCode.OK, await AskAsync(silo, silo.Url));
        await silo.Process.PrintsAsync("info: Microsoft.AspNetCore.Hosting.Diagnostics[2] Request finished");

        var before = silo.Process.Printed.Length;
        _program.Save(_program.Original);
        await silo.Process.PrintsAsync("Changed settings are in force: Logging:LogLevel:Microsoft.", before);
        before = silo.Process.Printed.Length;
        Assert.Equal(HttpStatusCode.OK, await AskAsync(silo, silo.Url));
        Assert.Equal(0, await silo.Process.TerminateAsync());
        Assert.DoesNotContain("Request finished", silo.Process.Printed[before..], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Change_ThatMovesOrTakesAwayAnEndpoint_IsLeftToARestart()
    {
        await using var silo = await StockSilo.StartByAsync(_program.Command);
        var (http, added) = ($"http://127.0.0.1:{Ports.Free()}", $"http://127.0.0.1:{Ports.Free()}");
        _program.Save(WithEndpoint("More", $"\"Url\": \"{added}\""));
        await silo.Process.PrintsAsync("The changed settings of Kestrel:Endpoints:More are in force.");
        Assert.Equal(HttpStatusCode.OK, await AskAsync(silo, added));

        _program.Save(WithEndpoint("More", $"\"Url\": \"{http}\""));
        await silo.Process.PrintsAsync("The endpoint Kestrel:Endpoints:More is served as before: it takes a restart of the silo");
        _program.Save("{}");
        await silo.Process.PrintsAsync("The endpoint Kestrel:Endpoints:Http is served as before");
        await silo.Process.PrintsAsync("The endpoint Kestrel:Endpoints:Grpc is served as before");
        foreach (var url in new[] { silo.Url, added })
        {
            Assert.Equal(HttpStatusCode.OK, await AskAsync(silo, url));
        }

        await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(silo, http));

        var before = silo.Process.Printed.Length;
        _program.Save(WithEndpoint("More", $"\"Url\": \"{added}\""));
        await silo.Process.PrintsAsync("Changed settings are in force: ", before);
        Assert.Equal(0, await silo.Process.TerminateAsync());
        Assert.DoesNotContain("is served as before", silo.Process.Printed[before..], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Change_ThatAddsEndpoints_ServesThoseThatCanBeServed()
    {
        await using var silo = await StockSilo.StartByAsync(_program.Command);
        var (one, two) = ($"http://127.0.0.1:{Ports.Free()}", $"http://127.0.0.1:{Ports.Free()}");

        _program.Save(_program.Original.Replace(
            GrpcEndpoint,
            $$"""
            "One": { "Url": "{{one}}" },
            "Exposed": { "Url": "http://0.0.0.0:{{Ports.Free()}}" },
            "Taken": { "Url": "{{silo.Url}}" },
            "Bad": { "Url": "nonsense" },
            "Without": { "Protocols": "Http1" },
            "Tls": { "Url": "https://127.0.0.1:{{Ports.Free()}}", "Certificate": { "Path": "nowhere.pem" } },
            "Two": { "Url": "{{two}}" },
            {{GrpcEndpoint}}
            """,
            StringComparison.Ordinal));

        foreach (var (name, reason) in new[]
        {
            ("Exposed", "The endpoint http://0.0.0.0"),
            ("Taken", "Failed to bind to address"),
            ("Bad", "Invalid url: 'nonsense'"),
            ("Without", "The endpoint Without is missing the required 'Url' parameter."),
            ("Tls", "Could not find file"),
        })
        {
            await silo.Process.PrintsAsync($"The changed settings of Kestrel:Endpoints:{name} can't be taken: {reason}");
        }

        await silo.Process.PrintsAsync("The changed settings of Kestrel:Endpoints:One are in force.");
        await silo.Process.PrintsAsync("The changed settings of Kestrel:Endpoints:Two are in force.");
        Assert.Equal(HttpStatusCode.OK, await AskAsync(silo, one));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(silo, two));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(silo, silo.Url));
        Assert.DoesNotContain(" crit: ", silo.Process.Printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Change_OfACertificate_IsTakenIfItIsGood()
    {
        using var first = new Authority("CN=the first");
        using var second = new Authority("CN=the second");
        var url = $"https://127.0.0.1:{Ports.Free()}";
        _program.Save(WithEndpoint("Tls", Tls(url, "first", first)));
        await using var silo = await StockSilo.StartByAsync(_program.Command);
        Assert.Equal("CN=the first", await IssuerAsync(url));

        _program.Save(WithEndpoint("Tls", $"\"Url\": \"{url}\", \"Certificate\": {{ \"Path\": \"nowhere.pem\" }}"));
        await silo.Process.PrintsAsync("The changed settings of Kestrel:Endpoints:Tls can't be taken: Could not find file");
        Assert.Equal("CN=the first", await IssuerAsync(url));

        _program.Save(WithEndpoint("Tls", Tls(url, "second", second)));
        await silo.Process.PrintsAsync("The changed settings of Kestrel:Endpoints:Tls are in force.");
        while (await IssuerAsync(url) != "CN=the second")
        {
            await Task.Yield();
        }

        Assert.Equal(HttpStatusCode.OK, await AskAsync(silo, silo.Url));
    }

    [Fact]
    public async Task Change_OfWhatIsReadAtTheStart_IsNamed()
    {
        await using var silo = await StockSilo.StartByAsync(_program.Command);

        _program.Save(_program.Original.Replace(
            "\"demo\": {", "\"orders\": { \"Partitions\": 4 }, \"demo\": {", StringComparison.Ordinal));

        await silo.Process.PrintsAsync("Changed settings take effect at the next start: Reflex:Streams:orders:Partitions.");
        Assert.Equal(HttpStatusCode.NotFound, (await silo.Client.GetAsync("/streams/orders", Token)).StatusCode);
        Assert.Equal(0, await silo.Process.TerminateAsync());
        await using var next = await StockSilo.StartByAsync(_program.Command);
        Assert.Equal(HttpStatusCode.OK, (await next.Client.GetAsync("/streams/orders", Token)).StatusCode);
    }

    private string WithEndpoint(string name, string settings) =>
        _program.Original.Replace(GrpcEndpoint, $"\"{name}\": {{ {settings} }}, {GrpcEndpoint}", StringComparison.Ordinal);

    private string Tls(string url, string name, Authority authority)
    {
        var path = Path.Combine(Path.GetDirectoryName(_program.SettingsFile)!, name);
        using var certificate = authority.IssueServer();
        File.WriteAllText($"{path}.pem", certificate.ExportCertificatePem());
        File.WriteAllText($"{path}.key", certificate.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem());
        return $"\"Url\": \"{url}\", \"Certificate\": {{ \"Path\": \"{name}.pem\", \"KeyPath\": \"{name}.key\" }}";
    }

    private static async Task<HttpStatusCode> AskAsync(StockSilo silo, string url)
    {
        using var answer = await silo.Client.GetAsync(new Uri(new Uri(url), "/streams"), Token);
        return answer.StatusCode;
    }

    /// <summary>Who issued the certificate of an endpoint; empty while it isn't there.</summary>
    private static async Task<string> IssuerAsync(string url)
    {
        var issuer = "";
        using var client = new HttpClient(new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = (_, certificate, _, _) =>
            {
                issuer = certificate!.Issuer;
                return true;
            },
        });
        try
        {
            using var answer = await client.GetAsync($"{url}/health/live", Token);
            return issuer;
        }
        catch (HttpRequestException)
        {
            return "";
        }
    }
}
