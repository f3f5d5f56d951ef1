using Google.Protobuf.WellKnownTypes;
using Jettisonpb;

namespace Reflex.Grpc.Errors;

/// <summary>
/// The errors that <c>reflexpb</c> services send in a status, in either of their forms: their codes, and the facts beside them. A
/// Reflex server's codes are its reasons, but for the two that clients of luno/reflex know.
/// </summary>
internal static class JettisonErrors
{
    public static IEnumerable<(string Reason, IReadOnlyDictionary<string, string> Facts)> In(Any detail)
    {
        if (Is(detail, Hop.Descriptor.FullName))
        {
            return Hop.Parser.ParseFrom(detail.Value).Errors.Select(error => (ErrorReasons.OfCode(error.Code), FactsOf(error.Parameters)));
        }

        return Is(detail, WrappedError.Descriptor.FullName) ? In(WrappedError.Parser.ParseFrom(detail.Value)) : [];
    }

    /// <summary>An error and all that it wraps. Parsing has bounded the depth.</summary>
    private static IEnumerable<(string Reason, IReadOnlyDictionary<string, string> Facts)> In(WrappedError error)
    {
        IEnumerable<WrappedError> inner = error.WrappedError_ is { } wrapped ? [wrapped, .. error.JoinedErrors] : error.JoinedErrors;
        return [(ErrorReasons.OfCode(error.Code), FactsOf(error.KeyValues)), .. inner.SelectMany(In)];
    }

    private static IReadOnlyDictionary<string, string> FactsOf(IEnumerable<KeyValue> facts) =>
        facts.DistinctBy(fact => fact.Key).ToDictionary(fact => fact.Key, fact => fact.Value);

    private static bool Is(Any detail, string name) => Any.GetTypeName(detail.TypeUrl) == name;
}
