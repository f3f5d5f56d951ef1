using Reflex.AspNetCore.Access;
using Reflex.AspNetCore.Errors;
using Reflex.Events;

namespace Reflex.AspNetCore.Http.Problems;

/// <summary>Which problem each exception is answered with, as far as it doesn't state that itself.</summary>
internal static class ProblemMap
{
    public const string InternalErrorCode = "internal-error";

    private const int RetrySoonSeconds = 1;

    // What HTTP has never told, though gRPC does.
    private static readonly HashSet<(string Code, string Fact)> Untold =
    [
        ("unavailable", "stream"), ("unavailable", "consumer"), ("cursor-of-another-life", "foundEpoch"),
    ];

    public static Problem Of(Exception error) => LogReference.IsNeededFor(error)
        ? Describe(error).With(LogReference.Fact, LogReference.Id)
        : Describe(error);

    public static Problem Stopped(string detail) => Of(ErrorEncoder.StoppedCode, detail);

    private static Problem Describe(Exception error) => error switch
    {
        ProblemException e => e.Problem,
        UnauthenticatedException e => Of(e) with { Challenge = e.TakesBearer ? "Bearer" : null },
        AccessDeniedException e => Of(e).With("operations", StreamOperationWords.Of(e.Operations)),

        // As a body or a line over its limit.
        EventTooLargeException e => Of(e) with { Code = "too-large" },
        ReflexException e => Of(e),
        BadHttpRequestException e => new Problem(e.StatusCode, "bad-request", "Bad request", e.Message),
        FormatException e => new Problem(StatusCodes.Status400BadRequest, "bad-request", "Bad request", e.Message),
        TimeoutException => new Problem(
            StatusCodes.Status504GatewayTimeout,
            "timeout",
            "No answer in time",
            "The cluster didn't answer in time. Whether the request took effect is unknown: look before asking again.")
        {
            RetryAfterSeconds = RetrySoonSeconds,
        },
        _ => new Problem(
            StatusCodes.Status500InternalServerError,
            InternalErrorCode,
            "Internal error",
            "The request failed for a reason that the server's log tells, under the trace id given here.")
            .With(LogReference.Fact, LogReference.Id),
    };

    private static Problem Of(ReflexException error)
    {
        var facts = error.Facts;
        var problem = Of(error.Code, LogReference.Tell(error));
        return problem with
        {
            Facts = [.. facts.Where(fact => !Untold.Contains((error.Code.Name, fact.Key)))],
            RetryAfterSeconds = facts.FirstOrDefault(fact => fact.Key == "retryAfter").Value is long seconds
                ? (int)Math.Min(seconds, int.MaxValue)
                : problem.RetryAfterSeconds,
        };
    }

    private static Problem Of(ErrorCode code, string detail) => new(code.Kind.ToHttp(), code.Name, code.Title, detail)
    {
        RetryAfterSeconds = code.Kind.IsToBeRetried() ? RetrySoonSeconds : null,
    };
}
