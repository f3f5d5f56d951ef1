using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Reflex.Storage;

public static partial class DataFile
{
    private const string Folder = "a folder";
    private const string Link = "a symbolic link";

    private const int ReadOnly = 0;
    private const int ReadWrite = 2;
    private const int CurrentFolder = -100;
    private const int OfTheOpenFile = 0x1000;
    private const int DontFollow = 0x100;
    private const uint TypeOnly = 1;
    private const uint OwnerOnly = 8;

    private static readonly int OpenFlags = OperatingSystem.IsMacOS()
        ? 0x1000000 | 0x100 | 0x4
        : 0x80000 | LinuxNoFollow | 0x800;

    // The one flag among those used here whose number the kernel's architectures don't share.
    private static int LinuxNoFollow => RuntimeInformation.ProcessArchitecture
        is Architecture.Arm or Architecture.Armv6 or Architecture.Arm64 or Architecture.Ppc64le ? 0x8000 : 0x20000;

    /// <summary>Opens whatever has the name, but a link, and waits for nobody: a pipe waits for its other end else.</summary>
    private static SafeFileHandle OpenAnything(string path, bool isWritable)
    {
        const int Interrupted = 4;
        int file;
        do
        {
            // Without O_CREAT there is no third argument, so that this works where variable arguments are passed differently.
            file = Open(path, (isWritable ? ReadWrite : ReadOnly) | OpenFlags);
        }
        while (file < 0 && Marshal.GetLastPInvokeError() == Interrupted);

        return file < 0 ? throw OpenError(path) : new SafeFileHandle(file, ownsHandle: true);
    }

    private static Exception OpenError(string path)
    {
        const int NotPermitted = 1;
        const int NotFound = 2;
        const int NoDevice = 6;
        const int AccessDenied = 13;
        const int IsFolder = 21;
        const int ReadOnlyFileSystem = 30;
        var error = Marshal.GetLastPInvokeError();
        var message = $"Could not open {path}: {Marshal.GetPInvokeErrorMessage(error)}.";
        return error switch
        {
            NotFound => new FileNotFoundException(message, path),
            NotPermitted or AccessDenied or ReadOnlyFileSystem => new UnauthorizedAccessException(message, new Win32Exception(error)),
            NoDevice => Refused(path, KindOf(path).Kind ?? "a device that isn't there"),
            IsFolder => Refused(path, Folder),
            _ when KindOf(path).Kind is { } kind => Refused(path, kind),
            _ => new IOException(message, error),
        };
    }

    /// <summary>What an open file is; null for a regular one.</summary>
    private static string? KindOf(SafeFileHandle file, string path)
    {
        if (OperatingSystem.IsLinux())
        {
            return Status(file, "", OfTheOpenFile, TypeOnly, out var status) == 0
                ? KindOf(status.Mode)
                : throw new IOException(
                    $"Could not look at {path}: {Marshal.GetLastPInvokeErrorMessage()}.", Marshal.GetLastPInvokeError());
        }

        try
        {
            RandomAccess.GetLength(file);
            return null;
        }
        catch (NotSupportedException)
        {
            return "a pipe, a socket or a device";
        }
    }

    /// <summary>Whether something has a name, and what it is, without following it; null for a regular file.</summary>
    private static (bool Exists, string? Kind) KindOf(string path)
    {
        if (OperatingSystem.IsLinux())
        {
            return Status(CurrentFolder, path, DontFollow, TypeOnly, out var status) == 0 ? (true, KindOf(status.Mode)) : (false, null);
        }

        var file = new FileInfo(path);
        return file switch
        {
            { LinkTarget: not null } => (true, Link),
            { Exists: false } => Directory.Exists(path) ? (true, Folder) : (false, null),
            _ when (file.Attributes & (FileAttributes.ReparsePoint | FileAttributes.Device)) != 0 => (true, "a link or a device"),
            _ => (true, null),
        };
    }

    /// <summary>Whether it belongs to the user of this process, as far as can be told before the attempt to change it.</summary>
    private static bool IsOwn(string path) =>
        !OperatingSystem.IsLinux()
        || (Status(CurrentFolder, path, DontFollow, OwnerOnly, out var status) == 0 && status.Owner == CurrentUser());

    [SupportedOSPlatform("linux")]
    private static string? KindOf(ushort mode) => (mode & 0xF000) switch
    {
        0x8000 => null,
        0x4000 => Folder,
        0xA000 => Link,
        0x1000 => "a pipe",
        0xC000 => "a socket",
        0x2000 or 0x6000 => "a device",
        _ => "of an unknown kind",
    };

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Status(SafeFileHandle folder, string path, int flags, uint wanted, out FileStatus status);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Status(int folder, string path, int flags, uint wanted, out FileStatus status);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint CurrentUser();

    /// <summary>The kernel's <c>struct statx</c>, which is the same on every architecture, as far as it is looked at.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct FileStatus
    {
        [FieldOffset(20)]
        public uint Owner;

        [FieldOffset(28)]
        public ushort Mode;
    }
}
