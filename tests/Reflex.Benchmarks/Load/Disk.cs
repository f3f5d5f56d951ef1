using System.Diagnostics;

namespace Reflex.Benchmarks.Load;

/// <summary>What the disk itself can do: the floor below a durable append.</summary>
internal static class Disk
{
    /// <summary>How long it takes to write 4 KiB at the end of a file and flush it, many times.</summary>
    public static List<TimeSpan> MeasureFlushes(string folder, int count)
    {
        var path = Path.Combine(folder, "flush-probe");
        using var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.None, FileOptions.DeleteOnClose);
        var bytes = new byte[4096];
        var times = new List<TimeSpan>(count);
        for (var i = 0; i < count; i++)
        {
            var started = Stopwatch.GetTimestamp();
            RandomAccess.Write(file, bytes, (long)i * bytes.Length);
            RandomAccess.FlushToDisk(file);
            times.Add(Stopwatch.GetElapsedTime(started));
        }

        return times;
    }
}
