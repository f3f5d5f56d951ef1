using System.Runtime.InteropServices;

namespace Reflex.Cli.Output;

/// <summary>What .NET's console doesn't offer on Linux and macOS: to hear that nobody reads the output any more.</summary>
internal static partial class Libc
{
    public const int BrokenPipe = 32;

    private const int Interrupted = 4;
    private const int GetDescriptorFlags = 1;
    private const int CloseOnExec = 1;
    private const short Writable = 0x4;
    private const short Gone = 0x8 | 0x10 | 0x20; // POLLERR, POLLHUP, POLLNVAL

    // Nothing has such data. Linux reports the reader's going in any case; macOS and illumos only where something is asked for.
    private const short UrgentBand = 0x80;

    private static readonly int WouldBlock = OperatingSystem.IsMacOS() ? 35 : 11;

    /// <summary>
    /// Whether a descriptor came from whoever started this process. One that was closed may be something of the runtime's by now,
    /// which a started process couldn't have.
    /// </summary>
    public static bool IsInherited(int descriptor) =>
        Control(descriptor, GetDescriptorFlags) is var flags and >= 0 && (flags & CloseOnExec) == 0;

    /// <summary>Writes everything, waiting where there is no room; answers 0, or the error's number.</summary>
    public static int WriteAll(int descriptor, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var written = Write(descriptor, in MemoryMarshal.GetReference(bytes), (nuint)bytes.Length);
            if (written >= 0)
            {
                bytes = bytes[(int)written..];
                continue;
            }

            var error = Marshal.GetLastPInvokeError();
            if (error == WouldBlock)
            {
                Wait(descriptor, Writable);
            }
            else if (error != Interrupted)
            {
                return error;
            }
        }

        return 0;
    }

    /// <summary>Waits until nobody can read any more what is written; false when that can't be watched.</summary>
    public static bool WaitUntilReaderGone(int descriptor) => (Wait(descriptor, UrgentBand) & Gone) != 0;

    private static int Wait(int descriptor, short events)
    {
        var watched = new Watched { Descriptor = descriptor, Events = events };
        int found;
        do
        {
            found = Poll(ref watched, 1, -1);
        }
        while (found < 0 && Marshal.GetLastPInvokeError() == Interrupted);

        return found > 0 ? watched.Found : 0;
    }

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(int descriptor, int command);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(int descriptor, ref readonly byte bytes, nuint count);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(ref Watched watched, nuint count, int timeout);

    [StructLayout(LayoutKind.Sequential)]
    private struct Watched
    {
        public int Descriptor;
        public short Events;
        public short Found;
    }
}
