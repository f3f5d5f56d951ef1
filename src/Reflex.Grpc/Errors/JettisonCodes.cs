using Google.Protobuf.WellKnownTypes;
using Jettisonpb;

namespace Reflex.Grpc.Errors;

/// <summary>The codes of the errors that services written for luno/reflex send in a status, in either of their forms.</summary>
internal static class JettisonCodes
{
    public static IEnumerable<string> In(Any detail)
    {
        if (Is(detail, Hop.Descriptor.FullName))
        {
            return Hop.Parser.ParseFrom(detail.Value).Errors.Select(error => error.Code);
        }

        return Is(detail, WrappedError.Descriptor.FullName) ? In(WrappedError.Parser.ParseFrom(detail.Value)) : [];
    }

    /// <summary>An error's and all that it wraps. Parsing has bounded the depth.</summary>
    private static IEnumerable<string> In(WrappedError error)
    {
        IEnumerable<WrappedError> inner = error.WrappedError_ is { } wrapped ? [wrapped, .. error.JoinedErrors] : error.JoinedErrors;
        return [error.Code, .. inner.SelectMany(In)];
    }

    private static bool Is(Any detail, string name) => Any.GetTypeName(detail.TypeUrl) == name;
}
