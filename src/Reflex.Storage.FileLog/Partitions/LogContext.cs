using Microsoft.Extensions.Logging;
using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Segments;

namespace Reflex.Storage.FileLog.Partitions;

/// <summary>What all logs of a data folder share.</summary>
internal sealed record LogContext(
    IFileLayer Layer,
    FileCache Files,
    IndexCache Indexes,
    DiskThreads Threads,
    FileLogOptions Options,
    ILogger Logger)
{
    public bool IsBuffered => Options.Durability == Durability.Buffered;
}
