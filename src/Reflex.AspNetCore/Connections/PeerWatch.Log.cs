using Microsoft.Extensions.Logging;

namespace Reflex.AspNetCore.Connections;

internal sealed partial class PeerWatch
{
    [LoggerMessage(
        LogLevel.Information,
        "The client of {Path} has acknowledged nothing for {Timeout} and counts as gone: its stream was ended.")]
    private static partial void PeerGone(ILogger logger, string path, TimeSpan timeout);
}
