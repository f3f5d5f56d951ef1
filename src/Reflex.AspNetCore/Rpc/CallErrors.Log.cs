using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Reflex.AspNetCore.Rpc;

internal sealed partial class CallErrors
{
    [LoggerMessage(LogLevel.Error, "{Method} of {Client} failed unexpectedly.")]
    private static partial void CallFailed(ILogger logger, string method, string client, Exception error);

    [LoggerMessage(LogLevel.Debug, "{Method} of {Client} ended with {Status}: {Reason}")]
    private static partial void CallEnded(ILogger logger, string method, string client, StatusCode status, string reason);
}
