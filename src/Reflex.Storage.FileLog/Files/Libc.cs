using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Reflex.Storage.FileLog.Files;

/// <summary>
/// What .NET doesn't offer on Linux and macOS: flushing data alone, flushing folders, locks that are the caller's, and reading only what
/// is in memory.
/// </summary>
internal static partial class Libc
{
    private const int ReadOnly = 0;
    private const int Exclusive = 2;
    private const int DontWait = 4;
    private const int Release = 8;
    private const int Interrupted = 4;
    private const int NoWait = 8;
    private static readonly int CloseOnExec = OperatingSystem.IsMacOS() ? 0x1000000 : 0x80000;
    private static readonly int WouldBlock = OperatingSystem.IsMacOS() ? 35 : 11;
    private static readonly bool HasReadVectors = NativeLibrary.TryLoad("libc", typeof(Libc).Assembly, null, out var library)
        && NativeLibrary.TryGetExport(library, "preadv2", out _);

    /// <summary>Whether this system can read from a file what it has in memory, and say so where it has not: Linux can.</summary>
    public static bool CanReadCached { get; } = OperatingSystem.IsLinux() && Environment.Is64BitProcess && HasReadVectors;

    public static void FlushData(SafeFileHandle file, string path)
    {
        if (DataSync(file) < 0)
        {
            throw Error("flush", path);
        }
    }

    public static void FlushFolder(string path)
    {
        using var folder = OpenFolder(path);
        if (Sync(folder) < 0)
        {
            throw Error("flush the folder", path);
        }
    }

    public static bool TryLock(SafeFileHandle file, string path)
    {
        if (Retry(() => Lock(file, Exclusive | DontWait)) == 0)
        {
            return true;
        }

        return Marshal.GetLastPInvokeError() == WouldBlock ? false : throw Error("lock", path);
    }

    public static void Lock(SafeFileHandle file, string path)
    {
        if (Retry(() => Lock(file, Exclusive)) < 0)
        {
            throw Error("lock", path);
        }
    }

    public static void Unlock(SafeFileHandle file, string path)
    {
        if (Lock(file, Release) < 0)
        {
            throw Error("unlock", path);
        }
    }

    /// <summary>Reads what the system has in memory of a file, and waits for no device.</summary>
    /// <returns>How many bytes, 0 at the file's end; negative when it can't read any.</returns>
    public static unsafe int ReadCached(SafeFileHandle file, Span<byte> destination, long position, out bool isWaiting)
    {
        fixed (byte* start = destination)
        {
            var vector = new Vector(start, (nuint)destination.Length);
            nint result;
            do
            {
                result = ReadVectors(file, &vector, 1, (nint)position, NoWait);
            }
            while (result < 0 && Marshal.GetLastPInvokeError() == Interrupted);

            isWaiting = result < 0 && Marshal.GetLastPInvokeError() == WouldBlock;
            return (int)result;
        }
    }

    private static SafeFileHandle OpenFolder(string path)
    {
        // Without O_CREAT there is no third argument, so that this works where variable arguments are passed differently.
        var folder = Retry(() => Open(path, ReadOnly | CloseOnExec));
        return folder < 0 ? throw Error("open", path) : new SafeFileHandle(folder, ownsHandle: true);
    }

    private static int Retry(Func<int> call)
    {
        int result;
        do
        {
            result = call();
        }
        while (result < 0 && Marshal.GetLastPInvokeError() == Interrupted);

        return result;
    }

    private static Exception Error(string action, string path)
    {
        const int NotPermitted = 1;
        const int NotFound = 2;
        const int AccessDenied = 13;
        const int ReadOnlyFileSystem = 30;
        var error = Marshal.GetLastPInvokeError();
        var message = $"Could not {action} {path}: {Marshal.GetPInvokeErrorMessage(error)}.";
        return error switch
        {
            NotFound => new FileNotFoundException(message, path),
            NotPermitted or AccessDenied or ReadOnlyFileSystem => new UnauthorizedAccessException(message, new Win32Exception(error)),
            _ => new IOException(message, error),
        };
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int DataSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Lock(SafeFileHandle file, int operation);

    // Its offset is as wide as the process' words where the process is of 64 bits.
    [LibraryImport("libc", EntryPoint = "preadv2", SetLastError = true)]
    private static unsafe partial nint ReadVectors(SafeFileHandle file, Vector* vectors, int count, nint position, int flags);

    /// <summary>The system's <c>iovec</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly unsafe struct Vector(byte* start, nuint length)
    {
        private readonly byte* _start = start;
        private readonly nuint _length = length;
    }
}
