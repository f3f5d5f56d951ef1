using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Reflex.Benchmarks.Reporting;

namespace Reflex.Benchmarks.Load;

/// <summary>What the disk itself can do: the floor below a durable append.</summary>
internal static partial class Disk
{
    private const int Count = 1_000;
    private const int BlockSize = 4096;

    /// <summary>Prints how long it takes to write 4 KiB and flush it, in the ways that systems do that.</summary>
    /// <returns>The median of what the file log does: data alone, in place of zeros that are there already.</returns>
    public static TimeSpan Measure(Report report, string folder)
    {
        var flushes = Measure(folder, isLaidOut: false, RandomAccess.FlushToDisk);
        report.AddLatencies("disk", "write 4 KiB and flush", flushes);
        if (OperatingSystem.IsLinux())
        {
            flushes = Measure(folder, isLaidOut: true, FlushData);
            report.AddLatencies("disk", "write 4 KiB and fdatasync, laid out", flushes);
        }

        return Report.At(flushes, 0.5);
    }

    private static List<TimeSpan> Measure(string folder, bool isLaidOut, Action<SafeFileHandle> flush)
    {
        var path = Path.Combine(folder, "flush-probe");
        using var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.None, FileOptions.DeleteOnClose);
        var bytes = new byte[BlockSize];
        if (isLaidOut)
        {
            RandomAccess.Write(file, new byte[BlockSize * Count], 0);
            RandomAccess.FlushToDisk(file);
        }

        var times = new List<TimeSpan>(Count);
        for (var i = 0; i < Count; i++)
        {
            var started = Stopwatch.GetTimestamp();
            RandomAccess.Write(file, bytes, (long)i * BlockSize);
            flush(file);
            times.Add(Stopwatch.GetElapsedTime(started));
        }

        return times;
    }

    private static void FlushData(SafeFileHandle file)
    {
        if (DataSync(file) != 0)
        {
            throw new IOException($"fdatasync failed: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int DataSync(SafeFileHandle file);
}
