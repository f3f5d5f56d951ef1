using Reflex.Cli.Tests.Support;
using Reflex.Silo.Tests.Support;

[assembly: AssemblyFixture(typeof(SiloFixture))]

namespace Reflex.Cli.Tests.Support;

/// <summary>The silo that all tests talk to, each with streams of its own.</summary>
public sealed class SiloFixture : IAsyncLifetime
{
    private StockSilo? _silo;
    private int _streams;

    private StockSilo Silo => _silo ?? throw new InvalidOperationException("The silo hasn't been started.");

    /// <summary>Where it serves gRPC.</summary>
    public string GrpcUrl => Silo.GrpcUrl;

    public async ValueTask InitializeAsync() => _silo = await StockSilo.StartAsync();

    public ValueTask DisposeAsync() => Silo.DisposeAsync();

    internal Task<Tool> RunAsync(params string[] arguments) => Tool.RunAsync([.. arguments, "--server", Silo.GrpcUrl]);

    internal Task<Tool> PipeAsync(string input, params string[] arguments) =>
        Tool.PipeAsync(input, [.. arguments, "--server", Silo.GrpcUrl]);

    /// <summary>Creates a stream for one test.</summary>
    internal async Task<string> CreateStreamAsync(int partitions = 1)
    {
        var name = $"tool-{Interlocked.Increment(ref _streams)}";
        (await RunAsync("streams", "create", name, "--partitions", $"{partitions}")).Done();
        return name;
    }
}
