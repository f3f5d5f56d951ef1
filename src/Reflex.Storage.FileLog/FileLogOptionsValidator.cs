using Microsoft.Extensions.Options;

namespace Reflex.Storage.FileLog;

/// <summary>Reports every fault of <see cref="FileLogOptions"/>.</summary>
/// <param name="openFileLimit">How many files the process may have open.</param>
internal sealed class FileLogOptionsValidator(int openFileLimit) : IValidateOptions<FileLogOptions>
{
    /// <summary>The owner file, the segment and its index of a few partitions that are written at the same time.</summary>
    public const int MinOpenFiles = 16;

    public FileLogOptionsValidator()
        : this(OpenFileLimit.OfTheProcess)
    {
    }

    public ValidateOptionsResult Validate(string? name, FileLogOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var result = new ValidateOptionsResultBuilder();
        if (string.IsNullOrWhiteSpace(options.Path))
        {
            result.AddError($"{nameof(FileLogOptions)}.{nameof(options.Path)} is empty; name the data folder.");
        }

        RequireRange(
            result,
            nameof(options.SegmentSizeBytes),
            options.SegmentSizeBytes,
            FileLogOptions.MinSegmentSizeBytes,
            FileLogOptions.MaxSegmentSizeBytes);
        RequireRange(result, nameof(options.IndexIntervalBytes), options.IndexIntervalBytes, 1024, int.MaxValue);
        RequireOpenFiles(result, options.MaxOpenFiles);
        RequireRange(result, nameof(options.MaxDiskThreads), options.MaxDiskThreads, 1, 256);
        if (!Enum.IsDefined(options.Durability))
        {
            result.AddError(
                $"{nameof(FileLogOptions)}.{nameof(options.Durability)} is {options.Durability}; " +
                $"it must be {Durability.Flushed} or {Durability.Buffered}.");
        }

        if (!Enum.IsDefined(options.Access))
        {
            result.AddError(
                $"{nameof(FileLogOptions)}.{nameof(options.Access)} is {options.Access}; " +
                $"it must be {DataAccess.Owner} or {DataAccess.Umask}.");
        }

        return result.Build();
    }

    private void RequireOpenFiles(ValidateOptionsResultBuilder result, int? value)
    {
        if (value > openFileLimit)
        {
            result.AddError(
                $"{nameof(FileLogOptions)}.{nameof(FileLogOptions.MaxOpenFiles)} is {value}, and the process may have {openFileLimit} " +
                "files open: lower it, leave it out, or raise the process' limit (ulimit -n).");
        }
        else if (value is { } number)
        {
            RequireRange(result, nameof(FileLogOptions.MaxOpenFiles), number, MinOpenFiles, int.MaxValue);
        }
    }

    private static void RequireRange(ValidateOptionsResultBuilder result, string option, int value, int min, int max)
    {
        if (value < min || value > max)
        {
            result.AddError($"{nameof(FileLogOptions)}.{option} is {value}; it must be from {min} to {max}.");
        }
    }
}
