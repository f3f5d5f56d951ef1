using System.Globalization;
using Reflex.Streams;

namespace Reflex.Storage;

/// <summary>
/// A partition stores as much as its operator lets it. Nothing of this append is or will be in the log, and what is there can be read.
/// </summary>
public sealed class QuotaExceededException : ReflexException
{
    /// <summary>What clients know it by.</summary>
    public static ErrorCode ToldAs { get; } = new("quota-exceeded", ErrorKind.TooMany, "Quota used up");

    /// <inheritdoc cref="QuotaExceededException"/>
    /// <param name="partition">The partition that was to be appended to.</param>
    /// <param name="limit">How many bytes it may store.</param>
    /// <param name="stored">How many it stores, with those that are about to be written.</param>
    /// <param name="retryAfter">How long until its retention may have removed some; told in seconds, rounded up.</param>
    public QuotaExceededException(PartitionId partition, long limit, long stored, TimeSpan retryAfter)
        : base(
            string.Create(
                CultureInfo.InvariantCulture,
                $"The partition {partition} stores {stored} bytes of the {limit} that it may, and nothing was appended: try again in "
                + $"{Seconds(retryAfter)} s, or have its retention keep less, or its quota allow more."),
            isTransient: true)
    {
        SetFact("partition", partition.ToString());
        SetFact("limit", limit);
        SetFact("stored", stored);
        SetFact("retryAfter", Seconds(retryAfter));
    }

    /// <inheritdoc/>
    public override ErrorCode Code => ToldAs;

    /// <inheritdoc/>
    public override ErrorFacts Facts =>
        Partition.ToFacts().With("limit", Limit).With("stored", Stored).With("retryAfter", GetNumber("retryAfter"));

    /// <summary>The partition that was to be appended to.</summary>
    public PartitionId Partition => PartitionId.Parse(GetText("partition"));

    /// <summary>How many bytes it may store: its part of what its stream may.</summary>
    public long Limit => GetNumber("limit");

    /// <summary>How many bytes it stores, with those that are about to be written.</summary>
    public long Stored => GetNumber("stored");

    /// <summary>How long until its retention may have removed some.</summary>
    public TimeSpan RetryAfter => TimeSpan.FromSeconds(GetNumber("retryAfter"));

    internal static QuotaExceededException Of(RemoteError error) => new(
        PartitionId.In(error.Facts),
        error.Facts.Number("limit"),
        error.Facts.Number("stored"),
        TimeSpan.FromSeconds(error.Facts.Amount("retryAfter")));

    private static long Seconds(TimeSpan wait) => (long)Math.Ceiling(wait.TotalSeconds);
}
