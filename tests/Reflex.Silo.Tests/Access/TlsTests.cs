using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Reflex.Silo.Tests.Support;
using Reflex.Tests.Shared;

namespace Reflex.Silo.Tests.Access;

public sealed class TlsTests : IDisposable
{
    private const string Orders = "CN=orders, O=Acme";

    private readonly string _folder = Directory.CreateTempSubdirectory("reflex-silo-").FullName;
    private readonly Authority _authority = new("CN=the authority");
    private readonly Authority _stranger = new("CN=a stranger");
    private readonly string _address = $"https://127.0.0.1:{Ports.Free()}";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _authority.Dispose();
        _stranger.Dispose();
    }

    [Fact]
    public async Task Ask_OverTls_NeedsNoCredentialOnLoopback()
    {
        await using var silo = await StockSilo.StartAsync(_folder, TlsSettings());

        using var answer = await AskAsync("/streams/demo", certificate: null);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Ask_WithClientCertificates_IsAllowedWhatItsSubjectMay()
    {
        await using var silo = await StockSilo.StartAsync(_folder, [.. TlsSettings(), .. MutualSettings("AllowCertificate")]);

        await AnswersAsync(HttpStatusCode.OK, _authority.IssueClient(Orders));
        await AnswersAsync(
            HttpStatusCode.Forbidden, _authority.IssueClient("CN=others, O=Acme"), "'certificate:CN=others, O=Acme' may not");
        await AnswersAsync(HttpStatusCode.Unauthorized, certificate: null, "send a client certificate.");
        await AnswersAsync(HttpStatusCode.Unauthorized, _stranger.IssueClient(Orders), "no known authority issued");
        await AnswersAsync(HttpStatusCode.Unauthorized, _authority.IssueExpiredClient(Orders), "isn't valid now");
        await AnswersAsync(HttpStatusCode.Unauthorized, _authority.IssueServer(), "no known authority issued");
        using var plain = await silo.Client.GetAsync("/streams/demo", Token);
        Assert.Equal(HttpStatusCode.Unauthorized, plain.StatusCode);
    }

    [Fact]
    public async Task Change_ByAPageOfOthersWithAGoodClientCertificate_IsRefused()
    {
        await using var silo = await StockSilo.StartAsync(_folder, [.. TlsSettings(), .. MutualSettings("RequireCertificate")]);
        using var certificate = _authority.IssueClient(Orders);
        using var client = Client(certificate);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{_address}/consumers/demo/log-events/stop");
        request.Headers.Add("Origin", "https://evil.example");
        request.Headers.Add("Sec-Fetch-Site", "cross-site");

        using var answer = await client.SendAsync(request, Token);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("foreign-origin", await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ask_WithoutACertificateWhereTheEndpointRequiresOne_GetsNoConnection()
    {
        await using var silo = await StockSilo.StartAsync(_folder, [.. TlsSettings(), .. MutualSettings("RequireCertificate")]);

        await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync("/streams/demo", certificate: null));
        await AnswersAsync(HttpStatusCode.OK, _authority.IssueClient(Orders));
    }

    [Fact]
    public async Task Ask_AfterTheCertificateWasReplacedThroughALink_GetsTheNewOneOnceItIsGood()
    {
        var source = Directory.CreateTempSubdirectory("reflex-silo-").FullName;
        var before = WriteServer(source);
        using var mounted = MountedFolder.Of(source);
        await using var silo = await StockSilo.StartAsync(_folder, TlsSettings(mounted.Path));
        Assert.Equal(before, await SerialAsync());

        // The key of another one: what is served stays.
        var bad = Directory.CreateTempSubdirectory("reflex-silo-").FullName;
        WriteServer(bad);
        File.Copy(Path.Combine(source, "server.pem"), Path.Combine(bad, "server.pem"), overwrite: true);
        mounted.Replace(bad);
        await silo.Process.PrintsAsync("Kestrel:Endpoints:Https");
        Assert.Equal(before, await SerialAsync());

        var after = WriteServer(source);
        mounted.Replace(source);
        await silo.Process.PrintsAsync("The changed settings of Kestrel:Endpoints:Https are in force.");
        Assert.Equal(after, await TrySerialAsync());
    }

    /// <summary>One file after the other, as whoever copies them does.</summary>
    /// <param name="place">Which certificate it is: the endpoint's own, or the one of all that have none.</param>
    [Theory]
    [InlineData("Kestrel:Endpoints:Https:Certificate")]
    [InlineData("Kestrel:Certificates:Default")]
    public async Task Ask_AfterTheFilesOfTheCertificateWereWrittenOver_GetsTheNewOne(string place)
    {
        const string Own = "Kestrel:Endpoints:Https:Certificate";
        string[] settings = [.. TlsSettings().Select(setting => setting.Replace(Own, place, StringComparison.Ordinal))];
        var changed = place == Own ? "Kestrel:Endpoints:Https" : "Kestrel:Certificates";
        await using var silo = await StockSilo.StartAsync(_folder, settings);
        var before = await SerialAsync();
        var source = Directory.CreateTempSubdirectory("reflex-silo-").FullName;
        var after = WriteServer(source);

        File.Copy(Path.Combine(source, "server.pem"), Path.Combine(_folder, "server.pem"), overwrite: true);
        await silo.Process.PrintsAsync($"The changed settings of {changed} can't be taken: Error getting private key");
        Assert.Equal(before, await SerialAsync());
        File.Copy(Path.Combine(source, "server.key"), Path.Combine(_folder, "server.key"), overwrite: true);

        await silo.Process.PrintsAsync($"The changed settings of {changed} are in force.");
        Assert.Equal(after, await TrySerialAsync());
    }

    private async Task AnswersAsync(HttpStatusCode expected, X509Certificate2? certificate, string detail = "")
    {
        using (certificate)
        {
            using var answer = await AskAsync("/streams/demo", certificate);
            var text = await answer.Content.ReadAsStringAsync(Token);
            Assert.True(expected == answer.StatusCode, $"Expected {expected} for {certificate?.Subject}, got {answer.StatusCode}: {text}");
            if (detail.Length > 0)
            {
                Assert.Contains(detail, JsonElement.Parse(text).GetProperty("detail").GetString(), StringComparison.Ordinal);
            }
        }
    }

    private async Task<HttpResponseMessage> AskAsync(string path, X509Certificate2? certificate)
    {
        using var client = Client(certificate);
        return await client.GetAsync(_address + path, Token);
    }

    private HttpClient Client(X509Certificate2? certificate)
    {
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.Add(_authority.Certificate);
        var ssl = new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = trust, ClientCertificates = certificate is null ? [] : [certificate],
        };
        return new HttpClient(new SocketsHttpHandler { SslOptions = ssl });
    }

    /// <summary>The serial number of the certificate that a new connection gets.</summary>
    private async Task<string> SerialAsync()
    {
        using var socket = new TcpClient();
        var address = new Uri(_address);
        await socket.ConnectAsync(address.Host, address.Port, Token);
        await using var stream = new SslStream(socket.GetStream());
        await stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = address.Host, RemoteCertificateValidationCallback = (_, _, _, _) => true },
            Token);
        return stream.RemoteCertificate!.GetSerialNumberString();
    }

    /// <summary>The same, also while the server changes it, when for a moment nobody listens there.</summary>
    private async Task<string> TrySerialAsync()
    {
        while (true)
        {
            try
            {
                return await SerialAsync();
            }
            catch (SocketException)
            {
                Token.ThrowIfCancellationRequested();
            }
        }
    }

    /// <summary>Writes a new certificate of the server, and answers its serial number.</summary>
    private string WriteServer(string folder)
    {
        using var server = _authority.IssueServer();
        File.WriteAllText(Path.Combine(folder, "server.pem"), server.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "server.key"), server.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem());
        return server.GetSerialNumberString();
    }

    private string[] TlsSettings()
    {
        WriteServer(_folder);
        return TlsSettings(_folder);
    }

    private string[] TlsSettings(string folder) =>
    [
        $"--Kestrel:Endpoints:Https:Url={_address}",
        $"--Kestrel:Endpoints:Https:Certificate:Path={folder}/server.pem",
        $"--Kestrel:Endpoints:Https:Certificate:KeyPath={folder}/server.key",
    ];

    private string[] MutualSettings(string mode) =>
    [
        $"--Kestrel:Endpoints:Https:ClientCertificateMode={mode}",
        $"--Reflex:Access:Certificates:Authorities:0={_authority.WriteTo(_folder)}",
        "--Reflex:Access:Policies:orders:Who:0=certificate:CN=orders,O=Acme",
        "--Reflex:Access:Policies:orders:Streams:0=demo",
        "--Reflex:Access:Policies:orders:May:0=stream",
    ];
}
