using System.Diagnostics;

namespace Reflex.Crash.Silo;

/// <summary>Notes each handled event as a line: process, partition, id, monotonic milliseconds. A written line is whole.</summary>
internal sealed class HandledEvents(string path) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly StreamWriter _file =
        new(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0)) { AutoFlush = true };

    public void Add(int partition, long id)
    {
        lock (_lock)
        {
            _file.Write($"{Environment.ProcessId} {partition} {id} {Stopwatch.GetTimestamp() * 1000 / Stopwatch.Frequency}\n");
        }
    }

    public void Dispose() => _file.Dispose();
}
