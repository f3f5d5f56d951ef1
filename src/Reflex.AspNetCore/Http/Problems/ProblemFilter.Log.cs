using Microsoft.Extensions.Logging;

namespace Reflex.AspNetCore.Http.Problems;

internal sealed partial class ProblemFilter
{
    [LoggerMessage(LogLevel.Debug, "The client of {Method} {Path} has gone away.")]
    private static partial void ClientLeft(ILogger logger, string method, string path);
}
