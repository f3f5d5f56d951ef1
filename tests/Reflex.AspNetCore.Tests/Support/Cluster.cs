using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Reflex.AspNetCore.Tests.Support;
using Reflex.Events;
using Reflex.Streams;
using Reflex.Tests.Shared;

[assembly: AssemblyFixture(typeof(Cluster))]

namespace Reflex.AspNetCore.Tests.Support;

/// <summary>A cluster of one silo for all tests, each of which takes streams of its own.</summary>
public sealed class Cluster : IAsyncLifetime
{
    /// <summary>A stream whose one consumer is <see cref="RecordingConsumer"/> under the name <see cref="Watcher"/>.</summary>
    public const string Watched = "watched";

    public const string Watcher = "watcher";

    private readonly string _folder = Directory.CreateTempSubdirectory("reflex-http-").FullName;
    private readonly IHost _host;
    private int _streams;

    public Cluster()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Warning).AddFakeLogging();
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(Ports.Free(), Ports.Free())
            .AddReflex(reflex => reflex
                .UseFileLog(_folder)
                .UseSqliteState()
                .AddStream(Watched, partitions: 2)
                .AddConsumer<RecordingConsumer>(Watcher, Watched)));
        _host = builder.Build();
    }

    public IReflexClient Client => _host.Services.GetRequiredService<IReflexClient>();

    /// <summary>The warnings and errors of the silo.</summary>
    internal FakeLogCollector Logs => _host.Services.GetFakeLogCollector();

    public async ValueTask InitializeAsync() => await _host.StartAsync();

    /// <summary>Defines a stream that nobody else has.</summary>
    public async Task<string> NewStreamAsync(int partitions = 1)
    {
        var name = $"stream-{Interlocked.Increment(ref _streams)}";
        await Client.DefineStreamAsync(new StreamDefinition(name, partitions), TestContext.Current.CancellationToken);
        return name;
    }

    /// <summary>Appends events of types 1, 2, 3, … to a stream.</summary>
    public Task<IReadOnlyList<EventPosition>> AppendAsync(string stream, int count) => Client.GetStream(stream).AppendAsync(
        [.. Enumerable.Range(1, count).Select(i => new NewEvent(i, $"entity-{i}"))], TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
