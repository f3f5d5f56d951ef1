using System.Globalization;
using Reflex.Streams;

namespace Reflex.Storage.FileLog.Files;

/// <summary>What the operating system's failures mean to a log.</summary>
internal static class DiskErrors
{
    // .NET puts a Unix error number, or a Windows error as an HRESULT, into the exception's HResult.
    private const int NoSpace = 28;
    private const int LinuxQuota = 122;
    private const int MacQuota = 69;
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);
    private const int SystemOutOfFiles = 23;
    private const int OutOfFiles = 24;
    private const int WindowsOutOfFiles = unchecked((int)0x80070004);

    public static bool IsFull(Exception error) => error is IOException && error.HResult switch
    {
        NoSpace or WindowsDiskFull or WindowsHandleDiskFull => true,
        LinuxQuota => OperatingSystem.IsLinux(),
        MacQuota => OperatingSystem.IsMacOS(),
        _ => false,
    };

    /// <summary>Whether the process, or the whole machine, has as many files open as it may.</summary>
    public static bool IsOutOfFiles(Exception error) =>
        error is IOException && error.HResult is OutOfFiles or SystemOutOfFiles or WindowsOutOfFiles;

    /// <summary>What has failed, in words for an operator.</summary>
    public static string Tell(Exception error)
    {
        if (!IsOutOfFiles(error))
        {
            return error.Message;
        }

        var (where, limit) = error.HResult == SystemOutOfFiles
            ? ("this machine has all that it may", "fs.file-max")
            : (string.Create(CultureInfo.InvariantCulture, $"this process may have {OpenFileLimit.OfTheProcess}"), "ulimit -n");
        return $"too many open files: {where}, connections included; raise the limit ({limit}), or have fewer connections, readers " +
            "and partitions.";
    }

    /// <summary>Whether the operating system, and not this code, is what failed.</summary>
    public static bool IsDisk(Exception error) => error is IOException or UnauthorizedAccessException;

    public static StorageRefusedException ToRefusal(PartitionId partition, UnauthorizedAccessException error) =>
        new($"The log of {partition} can't be used: {error.Message}", error);

    public static LogFailedException ToLogFailure(PartitionId partition, string folder, Exception error) => error switch
    {
        LogFailedException known => known,
        _ when IsFull(error) => new LogFullException(partition, folder, error),
        _ when IsOutOfFiles(error) => new LogFailedException(partition, Tell(error), error),
        _ => new LogFailedException(
            partition, "its storage failed; it is opened again, which looks what is there.", $"{folder}: {error.Message}", error),
    };
}
