using Reflex.Benchmarks.Reporting;
using Reflex.Storage;

namespace Reflex.Benchmarks.Peers;

/// <summary>The systems of a scenario, started together and stopped together, whatever happens in between.</summary>
internal sealed class MeasuredSystems : IAsyncDisposable
{
    private readonly List<IMeasuredSystem> _all = [];
    private readonly string _folder;
    private readonly CancellationToken _cancellationToken;

    private MeasuredSystems(string folder, CancellationToken cancellationToken)
    {
        _folder = folder;
        _cancellationToken = cancellationToken;
    }

    public IReadOnlyList<IMeasuredSystem> All => _all;

    /// <summary>Reflex, flushed and buffered, and every peer that is found on this machine.</summary>
    public static Task<MeasuredSystems> StartAsync(string folder, bool withOurs, CancellationToken cancellationToken) =>
        StartAsync(folder, cancellationToken, async systems =>
        {
            foreach (var durability in withOurs ? Enum.GetValues<Durability>() : [])
            {
                await systems.AddAsync(async place => await ReflexSystem.StartAsync(durability, place, cancellationToken));
            }

            foreach (var mode in new[] { "always", "everysec" })
            {
                await systems.AddServerAsync(
                    RedisPeer.Executable, async (file, place) => await RedisPeer.StartAsync(file, mode, place, cancellationToken));
            }

            await systems.AddServerAsync(
                NatsPeer.Executable, async (file, place) => await NatsPeer.StartAsync(file, place, cancellationToken));
            await systems.AddAsync(async place => await MemoryStreamsPeer.StartAsync(place, cancellationToken));
        });

    /// <summary>Logs in this process: ours, flushed and buffered, and FASTER's.</summary>
    public static Task<MeasuredSystems> StartLogsAsync(string folder, bool withOurs, CancellationToken cancellationToken) =>
        StartAsync(folder, cancellationToken, async systems =>
        {
            foreach (var durability in withOurs ? Enum.GetValues<Durability>() : [])
            {
                await systems.AddAsync(async place => await LogSystem.StartAsync(durability, place, cancellationToken));
            }

            await systems.AddAsync(place => Task.FromResult<IMeasuredSystem>(new FasterPeer(place, waitsForCommit: true)));
            await systems.AddAsync(place => Task.FromResult<IMeasuredSystem>(new FasterPeer(place, waitsForCommit: false)));
        });

    public async ValueTask DisposeAsync()
    {
        foreach (var system in _all)
        {
            await system.DisposeAsync();
        }
    }

    private static async Task<MeasuredSystems> StartAsync(
        string folder, CancellationToken cancellationToken, Func<MeasuredSystems, Task> start)
    {
        var systems = new MeasuredSystems(folder, cancellationToken);
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

    private async Task AddServerAsync(string executable, Func<string, string, Task<IMeasuredSystem>> start)
    {
        if (ServerProcess.Find(executable) is { } file)
        {
            await AddAsync(place => start(file, place));
        }
        else
        {
            Report.LeaveOut(executable, "it isn't installed");
        }
    }

    private async Task AddAsync(Func<string, Task<IMeasuredSystem>> start)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        _all.Add(await start(Directory.CreateDirectory(Path.Combine(_folder, Path.GetRandomFileName())).FullName));
    }
}
