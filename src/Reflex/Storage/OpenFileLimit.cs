using System.Runtime.InteropServices;

namespace Reflex.Storage;

/// <summary>How many files a process may have open, sockets included, and how they are shared out.</summary>
/// <remarks>The storage, the server and the cluster know nothing of one another, and each keeps to its share of the one limit.</remarks>
public static partial class OpenFileLimit
{
    /// <summary>What systems without such a limit have.</summary>
    public const int None = int.MaxValue;

    /// <summary>What a silo's process needs before it has one for a log or a connection.</summary>
    /// <remarks>
    /// The runtime keeps every assembly open twice, 320 files for a silo, and ends the process when it can't open what it needs.
    /// </remarks>
    public const int OfTheRuntime = 384;

    /// <summary>The process' limit. .NET has raised the soft one to the hard one at its start.</summary>
    public static int OfTheProcess { get; } = Read();

    /// <summary>What a server may have for its connections: half of what the runtime leaves.</summary>
    /// <param name="limit">The process' limit.</param>
    /// <returns>The half; zero where the runtime leaves nothing.</returns>
    public static int HalfOf(int limit) => Math.Max(limit - OfTheRuntime, 0) / 2;

    /// <summary>What a cluster may have for connections from its clients and other silos: an eighth of what the runtime leaves.</summary>
    /// <param name="limit">The process' limit.</param>
    /// <returns>The eighth; zero where the runtime leaves nothing.</returns>
    public static int EighthOf(int limit) => HalfOf(limit) / 4;

    /// <summary>What a storage may keep open: what the runtime, a server and a cluster leave.</summary>
    /// <param name="limit">The process' limit.</param>
    /// <returns>The rest; zero where the runtime leaves nothing.</returns>
    public static int RestOf(int limit) => HalfOf(limit) - EighthOf(limit);

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
