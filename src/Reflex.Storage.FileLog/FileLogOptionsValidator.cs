using Microsoft.Extensions.Options;

namespace Reflex.Storage.FileLog;

/// <summary>Reports every fault of <see cref="FileLogOptions"/>.</summary>
internal sealed class FileLogOptionsValidator : IValidateOptions<FileLogOptions>
{
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
        RequireRange(result, nameof(options.MaxOpenFiles), options.MaxOpenFiles, 16, int.MaxValue);
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

    private static void RequireRange(ValidateOptionsResultBuilder result, string option, int value, int min, int max)
    {
        if (value < min || value > max)
        {
            result.AddError($"{nameof(FileLogOptions)}.{option} is {value}; it must be from {min} to {max}.");
        }
    }
}
