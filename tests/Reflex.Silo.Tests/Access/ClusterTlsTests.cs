using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Reflex.Events;
using Reflex.Silo.Tests.Support;
using Reflex.Tests.Shared;

namespace Reflex.Silo.Tests.Access;

/// <summary>Orleans' ports with TLS, by certificates that are made as <c>TLS.md</c> says.</summary>
public sealed partial class ClusterTlsTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    private const int Events = 20;

    private static readonly SslApplicationProtocol Orleans = new("Orleans1");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Silos_WithCertificatesOfOneAuthority_AreACluster()
    {
        var folder = await MakeAsync();
        string[] settings =
        [
            "--Reflex:Storage=Postgres", $"--Reflex:Postgres:ConnectionString={await server.CreateDatabaseAsync()}",
            "--Reflex:Streams:orders:Partitions=8", .. Settings(folder),
        ];
        await using var one = await StockSilo.StartAsync(settings: settings);
        await using var other = await StockSilo.StartAsync(settings: settings);

        await other.Process.PrintsAsync("one of 2 silos of the cluster");
        Assert.Contains("with TLS", other.Process.Printed, StringComparison.Ordinal);
        for (var i = 0; i < Events; i++)
        {
            using var answer = await (i % 2 == 0 ? one : other).Client.PostAsJsonAsync(
                "/streams/orders/events", new { type = 1, foreignId = $"order-{i}" }, Token);
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        }

        var read = await one.Client.GetStringAsync("/streams/orders/events?toHead=true", Token);
        Assert.All(
            Enumerable.Range(0, Events), i => Assert.Contains($"\"foreignId\":\"order-{i}\"", read, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Ports_OfASiloWithTls_LetOnlyCertificatesOfItsAuthorityIn()
    {
        var folder = await MakeAsync();
        using var authority = new Authority("CN=a stranger");
        var ports = Ports.Free(4);
        await using var silo = StockSilo.Launch(folder, ports, Settings(folder));
        await silo.Process.PrintsAsync("with TLS");

        foreach (var port in ports[1..3])
        {
            Assert.Equal("CN=silo", (await ConnectAsync(port, Load(folder, "client"))).Subject);
            Assert.Equal("CN=silo", (await ConnectAsync(port, Load(folder, "tls"))).Subject);
            await RefusesAsync(port, certificate: null);
            await RefusesAsync(port, authority.IssueClient("CN=client"));
        }

        await silo.Process.PrintsAsync("A connection of the cluster was refused: the certificate CN=client of CN=a stranger isn't");
    }

    [Fact]
    public async Task OrleansClient_WithACertificateOfTheAuthority_AppendsAndOneOfAnotherGetsNoConnection()
    {
        var folder = await MakeAsync();
        var ports = Ports.Free(4);
        await using var silo = StockSilo.Launch(folder, ports, Settings(folder));
        await silo.Process.PrintsAsync("with TLS");

        using (var client = Client(folder, ports[2]))
        {
            await client.StartAsync(Token);
            var stream = client.Services.GetRequiredService<IReflexClient>().GetStream("demo");
            var (partition, id) = await stream.AppendAsync(new NewEvent(1, "42"), Token);
            Assert.Equal((0, new Events.EventId(1)), (partition, id));
            await client.StopAsync(Token);
        }

        using var stranger = Client(await MakeAsync(), ports[2]);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var starting = stranger.StartAsync(enough.Token);
        await silo.Process.PrintsAsync("Authentication failed");
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => starting);
    }

    [Fact]
    public async Task Files_ThatAreReplaced_AreUsedForNewConnectionsOnceTheyAreGood()
    {
        var folder = await MakeAsync();
        using var mounted = MountedFolder.Of(folder);
        var ports = Ports.Free(4);
        await using var silo = StockSilo.Launch(folder, ports, Settings(mounted.Path));
        await silo.Process.PrintsAsync("with TLS");
        var client = Load(folder, "client");
        var before = (await ConnectAsync(ports[2], client)).SerialNumber;

        // Another authority's, so that nobody who has a certificate of the one before could connect.
        var other = await MakeAsync();
        File.Copy(Path.Combine(folder, "ca.crt"), Path.Combine(other, "ca.crt"), overwrite: true);
        mounted.Replace(other);
        Assert.Equal(before, (await ConnectAsync(ports[2], client)).SerialNumber);
        await silo.Process.PrintsAsync("since its files can't be used as they are: With the certificate CN=silo");

        var both = await File.ReadAllTextAsync(Path.Combine(folder, "ca.crt"), Token);
        await SignAsync(folder);
        mounted.Replace(folder);
        Assert.NotEqual(before, (await ConnectAsync(ports[2], client)).SerialNumber);
        Assert.Equal(both, await File.ReadAllTextAsync(Path.Combine(mounted.Path, "ca.crt"), Token));
        await silo.Process.PrintsAsync("New connections of the cluster use another certificate, CN=silo");
    }

    [Theory]
    [InlineData("tls.key", "client.key", "isn't in")]
    [InlineData("ca.crt", "authority.key", "has no certificate")]
    [InlineData("ca.crt", "tls.crt", "no silo can connect to silos (clientAuth) where the authorities are those in")]
    [InlineData("tls.crt", null, "which can't be read: Could not find file")]
    public async Task Start_WithFilesThatCannotBeUsed_IsRefusedNamingThem(string file, string? replacement, string expected)
    {
        var folder = await MakeAsync();
        var path = Path.Combine(folder, file);
        File.Delete(path);
        if (replacement is not null)
        {
            File.Copy(Path.Combine(folder, replacement), path);
        }

        await RefusedAsync(folder, [path, expected], Settings(folder));
    }

    [Fact]
    public async Task Start_WithTheCertificateOfAClient_IsRefused()
    {
        var folder = await MakeAsync();
        await RefusedAsync(
            folder,
            ["With the certificate CN=client in", "no silo can be connected to (serverAuth) where the authorities are those in"],
            [
                .. Settings(folder), $"--Reflex:ClusterTls:CertificateFile={folder}/client.crt",
                $"--Reflex:ClusterTls:KeyFile={folder}/client.key",
            ]);
    }

    [Fact]
    public async Task Start_WithoutTheNameThatAllMustHave_IsRefused()
    {
        var folder = await MakeAsync();
        await RefusedAsync(
            folder, ["doesn't have the name reflex.internal"], [.. Settings(folder), "--Reflex:ClusterTls:Name=reflex.internal"]);
        await RefusedAsync(folder, ["Name is 'a b'"], [.. Settings(folder), "--Reflex:ClusterTls:Name=a b"]);
        await RefusedAsync(folder, ["AuthorityFile is empty"], $"--Reflex:ClusterTls:CertificateFile={folder}/tls.crt");
    }

    [Fact]
    public async Task Start_ReachableFromOtherMachines_NeedsNoOtherLeaveWithTls()
    {
        var folder = await MakeAsync();
        await using var silo = await StockSilo.StartAsync(
            folder, [.. Settings(folder), $"--Orleans:Endpoints:GatewayListeningEndpoint=0.0.0.0:{Ports.Free()}"]);

        Assert.Equal(HttpStatusCode.OK, (await silo.Client.GetAsync("/streams/demo", Token)).StatusCode);
    }

    private static string[] Settings(string folder) =>
    [
        $"--Reflex:ClusterTls:CertificateFile={folder}/tls.crt", $"--Reflex:ClusterTls:KeyFile={folder}/tls.key",
        $"--Reflex:ClusterTls:AuthorityFile={folder}/ca.crt",
    ];

    private static IHost Client(string folder, int gatewayPort)
    {
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.UseOrleansClient(client => client.UseLocalhostClustering(gatewayPort).AddReflexClient().UseClusterTls(tls =>
        {
            tls.CertificateFile = $"{folder}/client.crt";
            tls.KeyFile = $"{folder}/client.key";
            tls.AuthorityFile = $"{folder}/ca.crt";
        }));
        return builder.Build();
    }

    /// <summary>Makes an authority and certificates in a new folder, by the commands of the document.</summary>
    private static async Task<string> MakeAsync()
    {
        var folder = Directory.CreateTempSubdirectory("reflex-silo-").FullName;
        await RunAsync(folder, Commands());
        return folder;
    }

    /// <summary>Makes other certificates of the same authority.</summary>
    private static Task SignAsync(string folder) =>
        RunAsync(folder, Commands()[Commands().IndexOf("openssl", 1, StringComparison.Ordinal)..]);

    private static string Commands() =>
        Shell().Match(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "TLS.md"))).Groups[1].Value;

    private static async Task RunAsync(string folder, string commands)
    {
        using var shell = Process.Start(new ProcessStartInfo("bash", ["-ec", commands])
        {
            WorkingDirectory = folder, RedirectStandardError = true,
        })!;
        var errors = await shell.StandardError.ReadToEndAsync(Token);
        await shell.WaitForExitAsync(Token);
        Assert.True(shell.ExitCode == 0, errors);
    }

    private static X509Certificate2 Load(string folder, string name) => X509Certificate2.CreateFromPemFile(
        Path.Combine(folder, $"{name}.crt"), Path.Combine(folder, $"{name}.key"));

    /// <summary>Connects, hears from the silo, and answers its certificate.</summary>
    private static async Task<X509Certificate2> ConnectAsync(int port, X509Certificate2? certificate)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, port, Token);
        await using var stream = new SslStream(socket.GetStream());
        await stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "anybody",
                ClientCertificates = certificate is null ? [] : [certificate],
                RemoteCertificateValidationCallback = (_, _, _, _) => true,
                ApplicationProtocols = [Orleans],
            },
            Token);

        // A silo that doesn't take the certificate ends the connection; one that does waits for the preamble.
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Token);
        enough.CancelAfter(TimeSpan.FromSeconds(1));
        try
        {
            if (await stream.ReadAsync(new byte[1], enough.Token) == 0)
            {
                throw new IOException("The silo has ended the connection.");
            }
        }
        catch (OperationCanceledException) when (!Token.IsCancellationRequested)
        {
            // It has not.
        }

        return new X509Certificate2(stream.RemoteCertificate!);
    }

    private static async Task RefusesAsync(int port, X509Certificate2? certificate)
    {
        var error = await Assert.ThrowsAnyAsync<Exception>(() => ConnectAsync(port, certificate));
        Assert.True(error is IOException or AuthenticationException, error.ToString());
    }

    private static async Task RefusedAsync(string folder, string[] expected, params string[] settings)
    {
        await using var silo = StockSilo.Launch(folder, settings);
        Assert.Equal(1, await silo.Process.EndsAsync());
        var line = Assert.Single(silo.Process.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("Reflex can't start: ", line, StringComparison.Ordinal);
        Assert.All(expected, part => Assert.Contains(part, line, StringComparison.Ordinal));
    }

    [GeneratedRegex("```sh\n(openssl.*?)```", RegexOptions.Singleline)]
    private static partial Regex Shell();
}
