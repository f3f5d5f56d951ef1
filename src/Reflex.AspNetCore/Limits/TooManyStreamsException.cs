using System.Globalization;

namespace Reflex.AspNetCore.Limits;

/// <summary>A client has as many streams open as it may: HTTP's 429, gRPC's RESOURCE_EXHAUSTED.</summary>
internal sealed class TooManyStreamsException(int limit) : ReflexException(
    string.Create(
        CultureInfo.InvariantCulture,
        $"The client has {limit} streams open, which is the limit: end one of them before another is opened."),
    isTransient: true)
{
    public override ErrorCode Code { get; } = new("too-many-streams", ErrorKind.TooMany, "Too many streams");

    public override ErrorFacts Facts => ErrorFacts.None.With("limit", Limit);

    public int Limit { get; } = limit;
}
