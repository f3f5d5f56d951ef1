using System.Globalization;
using Reflex.Events;
using Reflex.Grpc.Errors;
using Reflex.Streams;
using StatusCode = Grpc.Core.StatusCode;

namespace Reflex.AspNetCore.Errors;

/// <summary>Which status, reason and facts each exception is answered with, as far as it doesn't state them itself.</summary>
internal static class ErrorEncoder
{
    /// <summary>What clients know a server by that stops.</summary>
    public static ErrorCode StoppedCode => StreamStoppedException.ToldAs;

    public static ErrorStatus Of(Exception error) => LogReference.IsNeededFor(error)
        ? Describe(error).With(LogReference.Fact, LogReference.Id)
        : Describe(error);

    public static ErrorStatus Stopped(string message) => Of(StoppedCode, message);

    public static ErrorStatus Invalid(string message) => new(StatusCode.InvalidArgument, ErrorReasons.InvalidArgument, message);

    public static ErrorStatus TooLarge(string message, long limit) => Of(EventTooLargeException.ToldAs, message).With("limit", limit);

    private static ErrorStatus Describe(Exception error) => error switch
    {
        // The limit comes first, as in the error of a message that is too large.
        EventTooLargeException e => TooLarge(LogReference.Tell(e), e.Limit).With("size", e.Size),
        ReflexException e => Of(e.Code, LogReference.Tell(e)) with { Facts = [.. e.Facts.Select(ToText)] },
        FormatException => Invalid(error.Message),
        TimeoutException => Of(
            ErrorCode.Unavailable,
            "The cluster didn't answer in time. Whether the call took effect is unknown: look before calling again."),
        _ => new ErrorStatus(
            StatusCode.Internal,
            ErrorReasons.Internal,
            "The call failed for a reason that the server's log tells, under the trace id given here.")
            .With(LogReference.Fact, LogReference.Id),
    };

    private static KeyValuePair<string, string> ToText(KeyValuePair<string, object> fact) =>
        new(fact.Key, Convert.ToString(fact.Value, CultureInfo.InvariantCulture)!);

    private static ErrorStatus Of(ErrorCode code, string message) => new(code.Kind.ToGrpc(), code.Reason, message);
}
