using Microsoft.Extensions.Logging;
using Reflex.Orleans.Consumers;

namespace Reflex.Orleans.Sessions;

internal sealed partial class PartitionSession
{
    [LoggerMessage(LogLevel.Debug, "The session of the consumer {Consumer} has ended: {Reason}")]
    private static partial void LogEnded(ILogger logger, ConsumerKey consumer, string reason);

    [LoggerMessage(LogLevel.Error, "The session of the consumer {Consumer} failed unexpectedly.")]
    private static partial void LogFailed(ILogger logger, ConsumerKey consumer, Exception error);

    [LoggerMessage(LogLevel.Warning, "What the consumer {Consumer} has acknowledged is stored later: its session could not be closed.")]
    private static partial void LogCloseFailed(ILogger logger, ConsumerKey consumer, Exception error);
}
