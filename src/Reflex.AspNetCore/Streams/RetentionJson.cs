using System.Text.Json.Serialization;
using Reflex.AspNetCore.Problems;
using Reflex.Streams;

namespace Reflex.AspNetCore.Streams;

/// <summary>A retention; what is absent or null sets no limit.</summary>
/// <param name="MaxAge">As <c>d.hh:mm:ss</c>.</param>
/// <param name="MaxBytes">Of each partition.</param>
[method: JsonConstructor]
internal sealed record RetentionJson(TimeSpan? MaxAge = null, long? MaxBytes = null)
{
    public static RetentionJson From(Retention retention) => new(retention.MaxAge, retention.MaxBytes);

    public Retention ToRetention()
    {
        if (MaxAge <= TimeSpan.Zero)
        {
            throw ProblemException.Malformed($"'retention.maxAge' is {MaxAge:c}; it must be longer than zero.");
        }

        return MaxBytes is null or > 0
            ? new Retention { MaxAge = MaxAge, MaxBytes = MaxBytes }
            : throw ProblemException.Malformed($"'retention.maxBytes' is {MaxBytes}; it must be greater than zero.");
    }
}
