namespace Reflex.AspNetCore.Http.Problems;

/// <summary>An error as the answer tells it: RFC 9457 problem details, with the facts as extension members.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">The stable name of the kind of error, the end of its type URI.</param>
/// <param name="Title">What kind of error it is, in a few words.</param>
/// <param name="Detail">What failed this time.</param>
internal sealed record Problem(int Status, string Code, string Title, string Detail)
{
    public const string ContentType = "application/problem+json";

    public const string TypePrefix = "urn:reflex:problem:";

    /// <summary>Values are strings, integers or arrays of strings; event ids are strings.</summary>
    public IReadOnlyList<KeyValuePair<string, object>> Facts { get; init; } = [];

    /// <summary>When the same request may succeed, in seconds; null when it won't by itself.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>The scheme by which a caller may say who it is; null unless that is what was wrong.</summary>
    public string? Challenge { get; init; }

    public Problem With(string fact, object value) => this with { Facts = [.. Facts, new(fact, value)] };
}
