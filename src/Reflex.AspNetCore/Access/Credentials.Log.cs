using System.Net;
using Microsoft.Extensions.Logging;

namespace Reflex.AspNetCore.Access;

/// <remarks>Whoever sends requests decides how often these lines are written: each is short, and has no stack.</remarks>
internal sealed partial class Credentials
{
    private const int MaxShown = 200;

    private static void AuthoritySilent(ILogger logger, string authority, Exception cause) =>
        LogAuthoritySilent(logger, authority, Describe(cause));

    private static void CredentialRefused(
        ILogger logger, string method, string path, string reason, IPAddress? address, Exception? cause) =>
        LogCredentialRefused(logger, method, Shorten(path), reason, address, cause is null ? "" : $": {Describe(cause)}");

    [LoggerMessage(LogLevel.Warning, "The authority {Authority} doesn't tell its keys, so that no JWT can be checked: {Cause}")]
    private static partial void LogAuthoritySilent(ILogger logger, string authority, string cause);

    [LoggerMessage(LogLevel.Information, "{Method} {Path} of {Address} was refused: it {Reason}{Cause}")]
    private static partial void LogCredentialRefused(
        ILogger logger, string method, string path, string reason, IPAddress? address, string cause);

    private static string Describe(Exception cause) => Shorten(cause.GetBaseException().Message.ReplaceLineEndings(" "));

    private static string Shorten(string text) => text.Length <= MaxShown ? text : $"{text[..MaxShown]}…";
}
