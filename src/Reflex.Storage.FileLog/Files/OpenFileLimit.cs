using System.Runtime.InteropServices;

namespace Reflex.Storage.FileLog.Files;

/// <summary>How many files the process may have open, sockets included, and how many of them are the log's.</summary>
internal static partial class OpenFileLimit
{
    /// <summary>What systems without such a limit have.</summary>
    public const int None = int.MaxValue;

    // More than so many need not be kept open: opening a file takes some microseconds.
    private const int MaxShare = 1024;

    // The owner file, the segment and its index of a few partitions that are written at the same time.
    private const int MinShare = 16;

    // The runtime keeps every assembly open twice, 320 files for a silo, and ends the process when it can't open what it needs.
    private const int OfTheRuntime = 384;

    /// <summary>The process' limit. .NET has raised the soft one to the hard one at its start.</summary>
    public static int OfTheProcess { get; } = Read();

    /// <summary>What the log may keep open: half of what the runtime leaves, since connections need the other half.</summary>
    public static int ShareOf(int limit) => Math.Clamp((limit - OfTheRuntime) / 2, MinShare, MaxShare);

    private static int Read()
    {
        if (OperatingSystem.IsWindows() || GetLimit(OperatingSystem.IsMacOS() ? 8 : 7, out var limits) < 0)
        {
            return None;
        }

        // Where a long has 32 bits, the second half is the hard limit's.
        var soft = nint.Size == sizeof(uint) ? (uint)limits.Soft : limits.Soft;
        return (int)Math.Min(soft, None);
    }

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, out Limits limits);

    /// <summary>The system's <c>struct rlimit</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Limits
    {
        public ulong Soft;
        public ulong Hard;
    }
}
