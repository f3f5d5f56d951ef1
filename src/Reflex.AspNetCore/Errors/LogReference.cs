using System.Diagnostics;

namespace Reflex.AspNetCore.Errors;

/// <summary>Leads from an answer to the server's log, where the log says what clients may not learn.</summary>
internal static class LogReference
{
    /// <summary>The fact's name in an answer.</summary>
    public const string Fact = "traceId";

    /// <summary>The id under which the log tells of the request that runs now.</summary>
    public static string Id => Activity.Current?.TraceId.ToHexString() ?? "";

    /// <summary>Whether the log says more of an error than the client is told.</summary>
    public static bool IsNeededFor(Exception error) => error is ReflexException e && e.ClientMessage != e.Message;

    /// <summary>What a client is told of an error.</summary>
    public static string Tell(ReflexException error) => IsNeededFor(error)
        ? $"{error.ClientMessage} The server's log tells more under the trace id {Id}."
        : error.ClientMessage;
}
