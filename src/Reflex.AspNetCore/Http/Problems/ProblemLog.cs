using Microsoft.Extensions.Logging;
using Reflex.AspNetCore.Errors;

namespace Reflex.AspNetCore.Http.Problems;

/// <summary>Logs what an answer doesn't tell, under the trace id that it does.</summary>
internal sealed partial class ProblemLog(ILogger<ProblemLog> logger)
{
    /// <summary>Logs an error if its answer says less than there is to say.</summary>
    public void Note(HttpContext http, Exception error)
    {
        if (ProblemMap.Of(error).Code == ProblemMap.InternalErrorCode)
        {
            RequestFailed(logger, http.Request.Method, http.Request.Path, LogReference.Id, error);
        }
        else if (LogReference.IsNeededFor(error))
        {
            RequestRefused(logger, http.Request.Method, http.Request.Path, LogReference.Id, error.Message);
        }
    }

    /// <summary>What an answer that goes on tells of an error of one of its parts; the rest is logged.</summary>
    public string Tell(HttpContext http, ReflexException error)
    {
        Note(http, error);
        return LogReference.Tell(error);
    }

    [LoggerMessage(LogLevel.Error, "{Method} {Path}, trace id {TraceId}, failed unexpectedly.")]
    private static partial void RequestFailed(ILogger logger, string method, string path, string traceId, Exception error);

    [LoggerMessage(LogLevel.Warning, "{Method} {Path}, trace id {TraceId}, failed: {Reason}")]
    private static partial void RequestRefused(ILogger logger, string method, string path, string traceId, string reason);
}
