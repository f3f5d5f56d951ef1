using System.Diagnostics;

namespace Reflex.Cluster.Silo;

/// <summary>
/// Notes each event, before it is handled, as a line: consumer, partition, id, and the microseconds of a clock that all processes of the
/// machine share and nobody sets. A written line is whole, and outlives the process.
/// </summary>
internal sealed class Ledger(string path) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly StreamWriter _file =
        new(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0)) { AutoFlush = true };

    public void Add(string consumer, int partition, long id)
    {
        lock (_lock)
        {
            _file.Write($"{consumer} {partition} {id} {Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1_000_000)}\n");
        }
    }

    public void Dispose() => _file.Dispose();
}
