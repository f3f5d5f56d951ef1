using Microsoft.Extensions.Options;

namespace Reflex.Orleans.Logs;

/// <summary>Reports every fault of <see cref="PartitionLogOptions"/>.</summary>
internal sealed class PartitionLogOptionsValidator : IValidateOptions<PartitionLogOptions>
{
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestInterval = TimeSpan.FromHours(1);

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, PartitionLogOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var result = new ValidateOptionsResultBuilder();
        RequirePositive(result, nameof(options.MaxQueuedBytes), options.MaxQueuedBytes);
        RequirePositive(result, nameof(options.MaxGroupBytes), options.MaxGroupBytes);
        RequireNotNegative(result, nameof(options.MaxRecentBytes), options.MaxRecentBytes);
        RequireNotNegative(result, nameof(options.MaxTotalRecentBytes), options.MaxTotalRecentBytes ?? 0);
        if (options.OwnerCheckInterval < ShortestInterval || options.OwnerCheckInterval > LongestInterval)
        {
            result.AddError(
                $"{nameof(PartitionLogOptions)}.{nameof(options.OwnerCheckInterval)} is {options.OwnerCheckInterval}; it must be from "
                + $"{ShortestInterval} to {LongestInterval}.");
        }

        return result.Build();
    }

    private static void RequirePositive(ValidateOptionsResultBuilder result, string option, long value)
    {
        if (value <= 0)
        {
            result.AddError($"{nameof(PartitionLogOptions)}.{option} is {value}; it must be greater than zero.");
        }
    }

    private static void RequireNotNegative(ValidateOptionsResultBuilder result, string option, long value)
    {
        if (value < 0)
        {
            result.AddError($"{nameof(PartitionLogOptions)}.{option} is {value}; it must not be negative.");
        }
    }
}
