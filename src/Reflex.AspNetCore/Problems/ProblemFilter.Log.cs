using Microsoft.Extensions.Logging;

namespace Reflex.AspNetCore.Problems;

internal sealed partial class ProblemFilter
{
    [LoggerMessage(LogLevel.Error, "{Method} {Path} failed unexpectedly.")]
    private static partial void RequestFailed(ILogger logger, string method, string path, Exception error);
}
