using Reflex.Tests.Shared;

namespace Reflex.Silo.Tests.Support;

/// <summary>The silo's own executable, on ports and in a folder of its own.</summary>
internal sealed class StockSilo : IAsyncDisposable
{
    private StockSilo(Running process, string folder, int port, int grpcPort)
    {
        Process = process;
        Folder = folder;
        Url = $"http://127.0.0.1:{port}";
        GrpcUrl = $"http://127.0.0.1:{grpcPort}";
        Client = new HttpClient { BaseAddress = new Uri(Url), Timeout = Timeout.InfiniteTimeSpan };
    }

    public Running Process { get; }

    /// <summary>Its working directory, which holds its data folder.</summary>
    public string Folder { get; }

    public string Url { get; }

    /// <summary>Where it serves gRPC.</summary>
    public string GrpcUrl { get; }

    public HttpClient Client { get; }

    /// <summary>Starts a silo and waits until it serves.</summary>
    public static async Task<StockSilo> StartAsync(string? folder = null, params string[] settings)
    {
        var silo = Launch(folder, settings);
        await silo.Process.PrintsAsync("Reflex listens on");
        return silo;
    }

    /// <summary>Starts a silo that may refuse to.</summary>
    public static StockSilo Launch(string? folder = null, params string[] settings) =>
        Launch(folder ?? Directory.CreateTempSubdirectory("reflex-silo-").FullName, Ports.Free(4), settings);

    /// <summary>Starts a silo on the ports of one before it: of HTTP, the silo, its gateway, and gRPC.</summary>
    public static StockSilo Launch(string folder, int[] ports, params string[] settings) =>
        LaunchBy(["dotnet", Running.DllOf("silo")], folder, ports, settings);

    /// <summary>Starts a silo by a command that ends in its program, and waits until it serves.</summary>
    public static async Task<StockSilo> StartByAsync(string[] command, params string[] settings)
    {
        var silo = LaunchBy(command, Directory.CreateTempSubdirectory("reflex-silo-").FullName, Ports.Free(4), settings);
        await silo.Process.PrintsAsync("Reflex listens on");
        return silo;
    }

    /// <summary>Starts a silo, which may refuse to, by a command that ends in its program.</summary>
    public static StockSilo LaunchBy(string[] command, string folder, int[] ports, params string[] settings)
    {
        var process = Running.Start(
            command[0],
            folder,
            [
                .. command[1..],
                $"--Kestrel:Endpoints:Http:Url=http://127.0.0.1:{ports[0]}",
                $"--Kestrel:Endpoints:Grpc:Url=http://127.0.0.1:{ports[3]}",
                $"--Orleans:Endpoints:SiloPort={ports[1]}",
                $"--Orleans:Endpoints:GatewayPort={ports[2]}",
                .. settings,
            ]);
        return new StockSilo(process, folder, ports[0], ports[3]);
    }

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        Client.Dispose();
    }
}
