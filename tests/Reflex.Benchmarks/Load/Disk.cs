using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Reflex.Benchmarks.Reporting;

namespace Reflex.Benchmarks.Load;

/// <summary>What the disk itself can do: the floor below a durable append.</summary>
internal static partial class Disk
{
    private const int Count = 1_000;
    private const int PerSecond = 1_000;
    private const int BlockSize = 4096;

    /// <summary>Prints how long it takes to write 4 KiB and flush it, in the ways that systems do that.</summary>
    /// <returns>
    /// The median of what the file log does, data alone in place of zeros that are there already, at the pace of the latency
    /// figures: a device that sleeps in between takes longer.
    /// </returns>
    public static async Task<TimeSpan> MeasureAsync(Report report, string folder, CancellationToken cancellationToken)
    {
        var flushes = await MeasureAsync(folder, isLaidOut: false, isPaced: false, RandomAccess.FlushToDisk, cancellationToken);
        report.AddLatencies("disk", "write 4 KiB and flush", flushes);
        if (OperatingSystem.IsLinux())
        {
            flushes = await MeasureAsync(folder, isLaidOut: true, isPaced: false, FlushData, cancellationToken);
            report.AddLatencies("disk", "write 4 KiB and fdatasync, laid out", flushes);
            flushes = await MeasureAsync(folder, isLaidOut: true, isPaced: true, FlushData, cancellationToken);
            report.AddLatencies("disk", "write 4 KiB and fdatasync, laid out, 1000/s", flushes);
        }

        return Report.At(flushes, 0.5);
    }

    private static async Task<List<TimeSpan>> MeasureAsync(
        string folder, bool isLaidOut, bool isPaced, Action<SafeFileHandle> flush, CancellationToken cancellationToken)
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
        if (isPaced)
        {
            await Pacer.RunAsync(PerSecond, TimeSpan.FromSeconds(Count / PerSecond), (i, _) => Flush(i), cancellationToken);
        }
        else
        {
            for (var i = 0; i < Count; i++)
            {
                Flush(i);
            }
        }

        return times;

        void Flush(long i)
        {
            var started = Stopwatch.GetTimestamp();
            RandomAccess.Write(file, bytes, i * BlockSize);
            flush(file);
            times.Add(Stopwatch.GetElapsedTime(started));
        }
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
