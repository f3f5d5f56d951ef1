namespace Reflex.Storage.FileLog.Tests.Crashes;

/// <summary>How long files are after a crash: a file's length reaches the disk apart from its bytes.</summary>
internal enum FileLengths
{
    /// <summary>As long as the sectors that are there need.</summary>
    OfSectors,

    /// <summary>As the process saw it, with zeros where a sector is lost.</summary>
    Seen,

    /// <summary>No longer than it was flushed, so that what was written after is out of reach.</summary>
    Durable,
}
