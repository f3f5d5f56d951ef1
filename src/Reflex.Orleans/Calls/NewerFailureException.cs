using System.Collections;
using Orleans.Serialization;

namespace Reflex.Orleans.Calls;

/// <summary>
/// A silo of a newer version has failed in a way that this process has no exception for. What the silo says of it is kept.
/// </summary>
internal sealed class NewerFailureException : ReflexException
{
    // Where every exception of Reflex has it, whatever its type.
    private const string TransientFact = "reflex.transient";

    private NewerFailureException(Exception error, bool isTransient)
        : base(error.Message, isTransient, error)
    {
        foreach (DictionaryEntry fact in error.Data)
        {
            Data[fact.Key] = fact.Value;
        }
    }

    /// <inheritdoc/>
    public override ErrorCode Code => IsTransient ? ErrorCode.Unavailable : ErrorCode.Failed;

    /// <summary>The failure as it is to be told here; null when it is none of Reflex.</summary>
    public static NewerFailureException? Of(UnavailableExceptionFallbackException error) =>
        IsOfReflex(error.ExceptionType) && error.Data[TransientFact] is bool isTransient
            ? new NewerFailureException(error, isTransient)
            : null;

    private static bool IsOfReflex(string? type) => type?.StartsWith($"{nameof(Reflex)}.", StringComparison.Ordinal) is true;
}
