using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Reflex.Storage.FileLog.Files;

/// <summary>A lock on Windows: on a byte far after every file's end, since there a lock keeps others from the bytes it covers.</summary>
internal static partial class WindowsLock
{
    private const uint Exclusive = 2;
    private const uint DontWait = 1;
    private const int Violation = 33;
    private const int Pending = 997;

    public static bool TryLock(SafeFileHandle file, string path)
    {
        if (Take(file, Exclusive | DontWait))
        {
            return true;
        }

        return Marshal.GetLastPInvokeError() is Violation or Pending ? false : throw Error("lock", path);
    }

    public static void Lock(SafeFileHandle file, string path)
    {
        if (!Take(file, Exclusive))
        {
            throw Error("lock", path);
        }
    }

    public static void Unlock(SafeFileHandle file, string path)
    {
        var place = Place;
        if (!UnlockFile(file, 0, 1, 0, ref place))
        {
            throw Error("unlock", path);
        }
    }

    private static LockedPlace Place => new() { OffsetHigh = int.MaxValue };

    private static bool Take(SafeFileHandle file, uint flags)
    {
        var place = Place;
        return LockFile(file, flags, 0, 1, 0, ref place);
    }

    private static IOException Error(string action, string path)
    {
        var error = Marshal.GetLastPInvokeError();
        return new IOException($"Could not {action} {path}: {Marshal.GetPInvokeErrorMessage(error)}.", error);
    }

    [LibraryImport("kernel32", EntryPoint = "LockFileEx", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool LockFile(
        SafeFileHandle file, uint flags, uint reserved, uint countLow, uint countHigh, ref LockedPlace place);

    [LibraryImport("kernel32", EntryPoint = "UnlockFileEx", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool UnlockFile(
        SafeFileHandle file, uint reserved, uint countLow, uint countHigh, ref LockedPlace place);

    /// <summary>The system's OVERLAPPED, as far as a lock needs it.</summary>
    private struct LockedPlace
    {
        public nint Internal;
        public nint InternalHigh;
        public int OffsetLow;
        public int OffsetHigh;
        public nint Event;
    }
}
