using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Reflex.AspNetCore.Grpc;

internal sealed partial class CallErrors
{
    [LoggerMessage(LogLevel.Error, "{Method} of {Client}, trace id {TraceId}, failed unexpectedly.")]
    private static partial void CallFailed(ILogger logger, string method, string client, string traceId, Exception error);

    [LoggerMessage(LogLevel.Warning, "{Method} of {Client}, trace id {TraceId}, failed: {Reason}")]
    private static partial void CallRefused(ILogger logger, string method, string client, string traceId, string reason);

    [LoggerMessage(LogLevel.Debug, "{Method} of {Client} ended with {Status}: {Reason}")]
    private static partial void CallEnded(ILogger logger, string method, string client, StatusCode status, string reason);
}
