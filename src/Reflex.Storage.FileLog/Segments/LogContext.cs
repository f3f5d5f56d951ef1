using Microsoft.Extensions.Logging;
using Reflex.Storage.FileLog.Files;

namespace Reflex.Storage.FileLog.Segments;

/// <summary>What all logs of a data folder share.</summary>
internal sealed record LogContext(
    IFileLayer Layer,
    FileCache Files,
    IndexCache Indexes,
    DiskThreads Threads,
    ReadThreads Reads,
    FileLogOptions Options,
    ILogger Logger)
{
    /// <summary>How a new owner's epoch is drawn, from the greatest that is known and whether one more may have been.</summary>
    public Func<long, bool, long> DrawEpoch { get; init; } = Epochs.Next;

    /// <summary>Whether nothing may be written, not even an index that is lost.</summary>
    public bool IsReadOnly { get; init; }

    public bool IsBuffered => Options.Durability == Durability.Buffered;
}
