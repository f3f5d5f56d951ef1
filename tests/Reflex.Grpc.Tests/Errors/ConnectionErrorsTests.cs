using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Reflex.Events;
using Reflex.Grpc.Errors;
using Reflex.Streams;
using Reflex.Tests.Shared;
using Status = Grpc.Core.Status;

namespace Reflex.Grpc.Tests.Errors;

public sealed class ConnectionErrorsTests
{
    private static readonly CallContext Context = new("list the streams") { Server = "http://there:1" };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Call_NobodyListens_SaysThatTheServerRefuses()
    {
        var server = $"http://127.0.0.1:{Ports.Free()}";

        var error = await FailsAsync<ClusterUnavailableException>(server);

        Assert.Equal(
            $"Could not list the streams: the server {server} refuses the connection: look whether it runs there, or try again a little "
            + "later.",
            error.Message);
        Assert.Contains(
            $"the server {server} refuses",
            (await Assert.ThrowsAsync<ClusterUnavailableException>(() => AppendAsync(server))).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            $"the server {server} refuses",
            (await Assert.ThrowsAsync<ClusterUnavailableException>(() => StreamAsync(server))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_PasswordInTheAddress_IsNotInTheSentence()
    {
        var port = Ports.Free();

        var error = await FailsAsync<ClusterUnavailableException>($"http://user:secret@127.0.0.1:{port}/path?query");

        Assert.Contains($"http://127.0.0.1:{port} refuses", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_ServerThatClosesBeforeAWord_MayPass()
    {
        var server = Listen(_ => { });

        var error = await FailsAsync<ClusterUnavailableException>(server);

        // What is seen of it depends on what the client has sent by then.
        Assert.Matches($"the (connection to the )?server {server} (closes|broke)", error.Message);
    }

    [Fact]
    public async Task Call_ServerThatNeverAnswers_SaysSo()
    {
        var server = Listen(ReadToEnd);

        var error = await FailsAsync<ClusterUnavailableException>(server, TimeSpan.FromMilliseconds(300));

        Assert.Equal(
            $"Could not list the streams: the server {server} didn't answer in time; try again a little later.", error.Message);
    }

    [Fact]
    public async Task Call_ServerOfAnotherProtocol_IsNotWorthAnotherTry()
    {
        var server = Listen(client =>
        {
            client.GetStream().ReadByte();
            client.GetStream().Write("500 I know no such command\r\n"u8);
            ReadToEnd(client);
        });

        var error = await RefusedAsync(server);

        Assert.Contains($"the server {server} doesn't speak HTTP/2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_ServerThatSaysNothingMore_MayPass()
    {
        var server = Listen(client =>
        {
            // An empty SETTINGS frame: HTTP/2 it is.
            client.GetStream().Write([0, 0, 0, 4, 0, 0, 0, 0, 0]);
            ReadToEnd(client);
        });
        using var channel = global::Grpc.Net.Client.GrpcChannel.ForAddress(server, new global::Grpc.Net.Client.GrpcChannelOptions
        {
            DisposeHttpClient = true,
            HttpHandler = new SocketsHttpHandler
            {
                KeepAlivePingDelay = TimeSpan.FromSeconds(1), KeepAlivePingTimeout = TimeSpan.FromSeconds(1),
            },
        });
        using var client = new ReflexGrpcClient(channel);

        var error = await Assert.ThrowsAsync<ClusterUnavailableException>(() => client.ListStreamsAsync(Token));

        Assert.Contains("broke (The HTTP/2 server didn't respond to a ping", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_HttpPort_IsNotWorthAnotherTry()
    {
        var server = Listen(client =>
        {
            client.GetStream().ReadByte();
            client.GetStream().Write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8);
            ReadToEnd(client);
        });

        var error = await RefusedAsync(server);

        Assert.Equal(
            $"Could not list the streams: the server {server} doesn't speak HTTP/2 there, as gRPC does: "
            + "look whether this is the address of its gRPC endpoint.",
            error.Message);
        Assert.IsType<RpcException>(error.InnerException);
        Assert.IsType<RemoteCallException>(await LastAsync(() => StreamAsync(server)));
    }

    [Theory]
    [InlineData("/ok", "answers, but not with gRPC (Invalid content-type value: text/html)")]
    [InlineData("/missing", "answers, but not with gRPC (HTTP status code: 404)")]
    public async Task Call_Http2ServerWithoutGrpc_IsNotWorthAnotherTry(string page, string expected)
    {
        await using var application = await ServeAsync(listen => listen.Protocols = HttpProtocols.Http2, page);

        var error = await FailsAsync<RemoteCallException>(AddressOf(application));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains("look whether this is the address of its gRPC endpoint", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_ProxyWhoseServerIsGone_MayPass()
    {
        await using var application = await ServeAsync(listen => listen.Protocols = HttpProtocols.Http2, "/gone");

        var error = await FailsAsync<ClusterUnavailableException>(AddressOf(application));

        Assert.Contains("can't serve now (HTTP status code: 503)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_TlsWhereThereIsNone_IsNotWorthAnotherTry()
    {
        await using var application = await ServeAsync(listen => listen.Protocols = HttpProtocols.Http2);
        var server = AddressOf(application).Replace("http:", "https:", StringComparison.Ordinal);

        var error = await FailsAsync<RemoteCallException>(server);

        Assert.StartsWith($"Could not list the streams: TLS with the server {server} failed (", error.Message, StringComparison.Ordinal);
        Assert.Contains("(if not, its address begins with http://)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_CertificateThatNobodyVouchesFor_IsNotWorthAnotherTry()
    {
        using var key = RSA.Create(2048);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = new CertificateRequest("CN=elsewhere", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        await using var application = await ServeAsync(listen => listen.UseHttps(certificate));

        var error = await FailsAsync<RemoteCallException>(AddressOf(application));

        Assert.Contains("whether this machine trusts its certificate", error.Message, StringComparison.Ordinal);
        var plain = AddressOf(application).Replace("https:", "http:", StringComparison.Ordinal);
        Assert.Contains(
            "(if so, its address begins with https://)",
            (await FailsAsync<ClusterUnavailableException>(plain)).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SocketError.HostNotFound, "the host of the server http://there:1 isn't known: look at its name")]
    [InlineData(SocketError.TryAgain, "the host of the server http://there:1 can't be looked up now")]
    [InlineData(SocketError.TimedOut, "the server http://there:1 didn't answer in time")]
    [InlineData(SocketError.NetworkUnreachable, "no network leads to the server http://there:1")]
    [InlineData(SocketError.ConnectionReset, "the connection to the server http://there:1 broke (")]
    public void Of_ASocketsError_IsASentenceThatNamesTheServer(SocketError code, string expected)
    {
        var cause = new HttpRequestException("outer", new IOException("inner", new SocketException((int)code)));

        var error = ConnectionErrors.Of(new RpcException(new Status(StatusCode.Unavailable, "text", cause)), Context);

        Assert.IsType<ClusterUnavailableException>(error);
        Assert.StartsWith($"Could not list the streams: {expected}", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("try again a little later.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_AnyConnectionError_HasNothingOfTheStatusInItsSentence()
    {
        Exception?[] causes =
        [
            null, new IOException("cut."), new OperationCanceledException(), new HttpRequestException("cut."), new SocketException(104),
        ];
        StatusCode[] codes = [StatusCode.Unavailable, StatusCode.DeadlineExceeded, StatusCode.Cancelled];
        Assert.All(codes, code => Assert.All(causes, cause =>
        {
            var error = ConnectionErrors.Of(new RpcException(new Status(code, "", cause)), Context with { Server = "" })!;
            Assert.StartsWith("Could not list the streams: the ", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("Status", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("()", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("..", error.Message, StringComparison.Ordinal);
        }));
    }

    private static async Task<T> FailsAsync<T>(string server, TimeSpan? timeout = null)
        where T : ReflexException
    {
        using var client = Client(server, timeout);
        var error = await Assert.ThrowsAsync<T>(() => client.ListStreamsAsync(Token));
        Assert.Equal(typeof(T) == typeof(ClusterUnavailableException), error.IsTransient);
        Assert.DoesNotContain("Status(", error.Message, StringComparison.Ordinal);
        return error;
    }

    private static async Task<RemoteCallException> RefusedAsync(string server)
    {
        using var client = Client(server);
        var error = Assert.IsType<RemoteCallException>(await LastAsync(() => client.ListStreamsAsync(Token)));
        Assert.False(error.IsTransient);
        Assert.DoesNotContain("Status(", error.Message, StringComparison.Ordinal);
        return error;
    }

    /// <summary>
    /// The error of a call, tried again while that may pass: .NET forgets what the server has said when the connection was given up before
    /// the call had got it.
    /// </summary>
    private static async Task<Exception?> LastAsync(Func<Task> call)
    {
        while (true)
        {
            if (await Record.ExceptionAsync(call) is not ClusterUnavailableException and var error)
            {
                return error;
            }

            Token.ThrowIfCancellationRequested();
        }
    }

    private static async Task AppendAsync(string server)
    {
        using var client = Client(server);
        await client.GetStream("orders").AppendAsync(new NewEvent(1, "a"), Token);
    }

    private static async Task StreamAsync(string server)
    {
        using var client = Client(server);
        await using var events = client.GetStream("orders").StreamAsync("", StreamOptions.Default, Token).GetAsyncEnumerator(Token);
        await events.MoveNextAsync();
    }

    private static ReflexGrpcClient Client(string server, TimeSpan? timeout = null) => new(
        new Uri(server),
        new ReflexGrpcClientOptions { ReadRetryTimeout = TimeSpan.Zero, CallTimeout = timeout ?? TimeSpan.FromSeconds(30) });

    private static void ReadToEnd(TcpClient client) =>
        client.GetStream().ReadAtLeast(new byte[1_000_000], 1_000_000, throwOnEndOfStream: false);

    /// <summary>Does something with every connection, and closes it.</summary>
    private static string Listen(Action<TcpClient> serve)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _ = ServeAllAsync(listener, serve);
        return $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
    }

    private static async Task ServeAllAsync(TcpListener listener, Action<TcpClient> serve)
    {
        using (listener)
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(Token);
                _ = Task.Run(() => Serve(client), Token);
            }
        }

        void Serve(TcpClient client)
        {
            using (client)
            {
                serve(client);
            }
        }
    }

    private static async Task<WebApplication> ServeAsync(Action<ListenOptions> configure, string page = "/ok")
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, configure));
        var application = builder.Build();
        application.Map("{**path}", () => page switch
        {
            "/ok" => Results.Text("<html>", "text/html"),
            "/gone" => Results.StatusCode(StatusCodes.Status503ServiceUnavailable),
            _ => Results.NotFound(),
        });
        await application.StartAsync(Token);
        return application;
    }

    private static string AddressOf(WebApplication application) =>
        application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
}
