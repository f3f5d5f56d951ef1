using Grpc.Core;
using Reflex.Grpc.Errors;

namespace Reflex.AspNetCore.Errors;

/// <summary>An error as a status tells it, in whichever form its details are.</summary>
/// <param name="Code">The status.</param>
/// <param name="Reason">One of <see cref="ErrorReasons"/>; empty for an error that needs no details, such as a cancelled call's.</param>
/// <param name="Message">What failed this time, in a sentence.</param>
internal sealed record ErrorStatus(StatusCode Code, string Reason, string Message)
{
    /// <summary>The facts, by the names of the exceptions' properties.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Facts { get; init; } = [];

    public ErrorStatus With(string fact, string value) => this with { Facts = [.. Facts, new(fact, value)] };

    public ErrorStatus With(string fact, long value) =>
        With(fact, value.ToString(System.Globalization.CultureInfo.InvariantCulture));
}
