using Microsoft.Extensions.Options;

namespace Reflex.Orleans;

/// <summary>Reports every fault of <see cref="ReflexOptions"/>.</summary>
internal sealed class ReflexOptionsValidator : IValidateOptions<ReflexOptions>
{
    // A batch holds at most 4 MiB with its header; a message of Orleans at most 100 MB with its own.
    private const int MaxBatchPayload = 4_000_000;
    private const int MaxMessagePayload = 90_000_000;

    // The catalog is one stored record.
    private const int MostNames = 1_000_000;
    private const int MostPartitions = 10_000_000;

    private static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestInterval = TimeSpan.FromHours(1);

    public ValidateOptionsResult Validate(string? name, ReflexOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        RequireRange(result, nameof(options.MaxEventBytes), options.MaxEventBytes, 1, MaxBatchPayload);
        RequireRange(result, nameof(options.MaxAppendBytes), options.MaxAppendBytes, 1, MaxMessagePayload);
        RequireRange(result, nameof(options.MaxGatheredBytes), options.MaxGatheredBytes, 1, int.MaxValue);
        RequireRange(result, nameof(options.MaxWaitingBytes), options.MaxWaitingBytes, 1, int.MaxValue);
        RequireRange(result, nameof(options.PageBytes), options.PageBytes, 1, MaxBatchPayload);
        RequireRange(result, nameof(options.MaxSharedBytes), options.MaxSharedBytes, 0, long.MaxValue);
        RequireRange(result, nameof(options.CursorFlushWindow), options.CursorFlushWindow, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        RequireRange(result, nameof(options.ConsumerCheckInterval), options.ConsumerCheckInterval, ShortestInterval, LongestInterval);
        RequireRange(result, nameof(options.SpreadInterval), options.SpreadInterval, ShortestInterval, LongestInterval);
        RequireRange(result, nameof(options.MaintenanceInterval), options.MaintenanceInterval, ShortestInterval, LongestInterval);
        RequireRange(result, nameof(options.DrainTimeout), options.DrainTimeout, TimeSpan.Zero, TimeSpan.FromMinutes(10));
        RequireRange(result, nameof(options.ReadRetryTimeout), options.ReadRetryTimeout, TimeSpan.Zero, LongestInterval);
        RequireRange(result, nameof(options.MaxStreams), options.MaxStreams, 1, MostNames);
        RequireRange(result, nameof(options.MaxPartitions), options.MaxPartitions, 1, MostPartitions);
        RequireRange(result, nameof(options.MaxOutsideConsumersPerStream), options.MaxOutsideConsumersPerStream, 1, MostNames);
        RequireRange(result, nameof(options.MaxOutsideConsumers), options.MaxOutsideConsumers, 1, MostNames);
        if (options.RetryBackoff is not { } backoff)
        {
            result.AddError($"{nameof(ReflexOptions)}.{nameof(options.RetryBackoff)} is null; it must be set.");
        }
        else if (backoff.Initial <= TimeSpan.Zero || backoff.Longest < backoff.Initial || backoff.Jitter is < 0 or > 1)
        {
            result.AddError(
                $"{nameof(ReflexOptions)}.{nameof(options.RetryBackoff)} is {backoff}; its first wait must be positive, its longest no "
                + "shorter than the first, its jitter from 0 to 1.");
        }

        return result.Build();
    }

    private static void RequireRange<T>(ValidateOptionsResultBuilder result, string option, T value, T least, T most)
        where T : IComparable<T>
    {
        if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
        {
            result.AddError($"{nameof(ReflexOptions)}.{option} is {value}; it must be from {least} to {most}.");
        }
    }
}
