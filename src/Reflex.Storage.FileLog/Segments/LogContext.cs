using Microsoft.Extensions.Logging;
using Reflex.Storage.FileLog.Files;

namespace Reflex.Storage.FileLog.Segments;

/// <summary>What all logs of a data folder share.</summary>
internal sealed record LogContext(
    IFileLayer Layer,
    FileCache Files,
    IndexCache Indexes,
    DiskThreads Threads,
    FileLogOptions Options,
    ILogger Logger)
{
    // As many as two dozen cores keep busy. Each has a file open, so that few open files allow fewer reads.
    private const int MaxReads = 64;
    private const int MinReads = 4;

    /// <summary>The reads of all logs that may wait for the disk at the same time; more wait for their turn.</summary>
    public SemaphoreSlim ReadTurns { get; } = new(Math.Clamp(Files.MaxOpen / 4, MinReads, MaxReads));

    /// <summary>How a new owner's epoch is drawn, from the greatest that is known and whether one more may have been.</summary>
    public Func<long, bool, long> DrawEpoch { get; init; } = Epochs.Next;

    /// <summary>Whether nothing may be written, not even an index that is lost.</summary>
    public bool IsReadOnly { get; init; }

    public bool IsBuffered => Options.Durability == Durability.Buffered;

    /// <summary>Reads from the disk on a thread of its own, when its turn has come.</summary>
    public async Task<T> RunReadAsync<T>(Func<T> read, CancellationToken cancellationToken)
    {
        await ReadTurns.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await Task.Run(read, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ReadTurns.Release();
        }
    }
}
