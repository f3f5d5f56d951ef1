using System.Net;
using Microsoft.Extensions.Logging;

namespace Reflex.AspNetCore.Access;

internal sealed partial class Credentials
{
    [LoggerMessage(LogLevel.Warning, "The authority {Authority} doesn't tell its keys, so that no JWT can be checked.")]
    private static partial void AuthoritySilent(ILogger logger, string authority, Exception cause);

    [LoggerMessage(LogLevel.Information, "{Method} {Path} of {Address} was refused: it {Reason}.")]
    private static partial void CredentialRefused(
        ILogger logger, string method, string path, string reason, IPAddress? address, Exception? cause);
}
