using Reflex.Orleans.Logs;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Benchmarks.Peers;

/// <summary>Reflex' log alone, in this process: a partition over the file log, without Orleans.</summary>
internal sealed class LogSystem : IMeasuredSystem
{
    private readonly StoredLogs _files;
    private readonly List<PartitionLog> _partitions = [];

    private LogSystem(StoredLogs files, Durability durability)
    {
        _files = files;
        IsFlushed = durability == Durability.Flushed;
        Name = NameOf(durability);
    }

    public string Name { get; }

    public bool IsOurs => true;

    public bool IsFlushed { get; }

    public bool IsLog => true;

    public static string NameOf(Durability durability) => $"reflex log {durability.ToString().ToLowerInvariant()}";

    public static async Task<LogSystem> StartAsync(Durability durability, string folder, CancellationToken cancellationToken) =>
        new(await StoredLogs.StartFilesAsync(folder, durability, cancellationToken), durability);

    public async Task<IMeasuredStream> CreateStreamAsync(string name, CancellationToken cancellationToken)
    {
        var partition = await _files.OpenAsync(new PartitionId(name, 0), cancellationToken);
        _partitions.Add(partition);
        return new LogStream(partition);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var partition in _partitions)
        {
            await partition.DisposeAsync();
        }

        await _files.DisposeAsync();
    }
}
