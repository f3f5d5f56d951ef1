using Reflex.Benchmarks.Reporting;
using Reflex.Benchmarks.Scenarios;
using Reflex.Storage;

namespace Reflex.Benchmarks.Peers;

/// <summary>The systems of a scenario, started together and stopped together, whatever happens in between.</summary>
internal sealed class MeasuredSystems : IAsyncDisposable
{
    private readonly List<IMeasuredSystem> _all = [];
    private readonly Run _run;
    private readonly CancellationToken _cancellationToken;

    private MeasuredSystems(Run run, CancellationToken cancellationToken)
    {
        _run = run;
        _cancellationToken = cancellationToken;
    }

    public IReadOnlyList<IMeasuredSystem> All => _all;

    /// <summary>Reflex, flushed and buffered, and every peer that is found on this machine.</summary>
    public static Task<MeasuredSystems> StartAsync(Run run, bool withOurs, CancellationToken cancellationToken) =>
        StartAsync(run, cancellationToken, async systems =>
        {
            foreach (var durability in withOurs ? Enum.GetValues<Durability>() : [])
            {
                await systems.AddAsync(
                    ReflexSystem.NameOf(durability), async place => await ReflexSystem.StartAsync(durability, place, cancellationToken));
            }

            foreach (var mode in new[] { "always", "everysec" })
            {
                await systems.AddServerAsync(
                    RedisPeer.NameOf(mode),
                    RedisPeer.Executable,
                    async (file, place) => await RedisPeer.StartAsync(file, mode, place, cancellationToken));
            }

            await systems.AddServerAsync(
                NatsPeer.SystemName, NatsPeer.Executable, async (file, place) => await NatsPeer.StartAsync(file, place, cancellationToken));
            await systems.AddAsync(
                MemoryStreamsPeer.SystemName, async place => await MemoryStreamsPeer.StartAsync(place, cancellationToken));
        });

    /// <summary>Logs in this process: ours, flushed and buffered, and FASTER's.</summary>
    public static Task<MeasuredSystems> StartLogsAsync(Run run, bool withOurs, CancellationToken cancellationToken) =>
        StartAsync(run, cancellationToken, async systems =>
        {
            foreach (var durability in withOurs ? Enum.GetValues<Durability>() : [])
            {
                await systems.AddAsync(
                    LogSystem.NameOf(durability), async place => await LogSystem.StartAsync(durability, place, cancellationToken));
            }

            foreach (var waitsForCommit in new[] { true, false })
            {
                await systems.AddAsync(
                    FasterPeer.NameOf(waitsForCommit), place => Task.FromResult<IMeasuredSystem>(new FasterPeer(place, waitsForCommit)));
            }
        });

    public async ValueTask DisposeAsync()
    {
        foreach (var system in _all)
        {
            await system.DisposeAsync();
        }
    }

    private static async Task<MeasuredSystems> StartAsync(
        Run run, CancellationToken cancellationToken, Func<MeasuredSystems, Task> start)
    {
        var systems = new MeasuredSystems(run, cancellationToken);
        try
        {
            await start(systems);
            return systems;
        }
        catch
        {
            await systems.DisposeAsync();
            throw;
        }
    }

    private async Task AddServerAsync(string name, string executable, Func<string, string, Task<IMeasuredSystem>> start)
    {
        if (ServerProcess.Find(executable) is { } file)
        {
            await AddAsync(name, place => start(file, place));
        }
        else
        {
            Report.LeaveOut(name, $"{executable} isn't installed");
        }
    }

    private async Task AddAsync(string name, Func<string, Task<IMeasuredSystem>> start)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        if (name.Contains(_run.Only, StringComparison.OrdinalIgnoreCase))
        {
            _all.Add(await start(_run.CreateFolder()));
        }
    }
}
