using System.Globalization;

namespace Reflex.AspNetCore.Limits;

/// <summary>A client appends faster than it may: HTTP's 429, gRPC's RESOURCE_EXHAUSTED. Nothing was appended.</summary>
internal sealed class RateExceededException(long limit, string unit, TimeSpan wait) : ReflexException(
    string.Create(
        CultureInfo.InvariantCulture,
        $"The client has appended more than the {limit} {unit} a second that it may: nothing of this was; try again in {Seconds(wait)} s."),
    isTransient: true)
{
    public override ErrorCode Code { get; } = new("rate-exceeded", ErrorKind.TooMany, "Too many appends");

    public override ErrorFacts Facts => ErrorFacts.None.With("limit", Limit).With("unit", Unit).With("retryAfter", RetryAfterSeconds);

    public long Limit { get; } = limit;

    public string Unit { get; } = unit;

    /// <summary>How long until something may be appended again.</summary>
    public TimeSpan Wait { get; } = wait;

    public int RetryAfterSeconds => Seconds(Wait);

    private static int Seconds(TimeSpan wait) => (int)Math.Min(Math.Ceiling(wait.TotalSeconds), int.MaxValue);
}
