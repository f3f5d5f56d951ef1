using System.Text.Json.Serialization;
using Reflex.AspNetCore.Http.Problems;
using Reflex.AspNetCore.Http.Requests;
using Reflex.Streams;

namespace Reflex.AspNetCore.Http.Streams;

/// <summary>A retention; what is absent or null sets no limit.</summary>
/// <param name="MaxAge">As <see cref="TimeText"/>.</param>
/// <param name="MaxBytes">Of each partition.</param>
[method: JsonConstructor]
internal sealed record RetentionJson(string? MaxAge = null, long? MaxBytes = null)
{
    public static RetentionJson From(Retention retention) => new(retention.MaxAge?.ToString("c"), retention.MaxBytes);

    public Retention ToRetention()
    {
        if (MaxBytes <= 0)
        {
            throw ProblemException.Malformed($"'retention.maxBytes' is {MaxBytes}; it must be greater than zero.");
        }

        TimeSpan? maxAge = MaxAge is null ? null : TimeText.TryParse(MaxAge, out var age) && age > TimeSpan.Zero
            ? age
            : throw ProblemException.Malformed($"'retention.maxAge' is '{MaxAge}'; expected {TimeText.Form}, longer than zero.");
        return new Retention { MaxAge = maxAge, MaxBytes = MaxBytes };
    }
}
