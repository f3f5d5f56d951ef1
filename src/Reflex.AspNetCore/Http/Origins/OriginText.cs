using System.Diagnostics.CodeAnalysis;

namespace Reflex.AspNetCore.Http.Origins;

/// <summary>An origin as browsers name it: a scheme, a host and, unless it is the scheme's own, a port.</summary>
internal static class OriginText
{
    /// <summary>Reads an origin in the form in which two of them are equal if they are the same.</summary>
    /// <param name="text">Such as <c>https://app.example.com</c>, with nothing after the host and the port.</param>
    /// <param name="origin">That form; null when the text is no origin.</param>
    public static bool TryParse(string? text, [NotNullWhen(true)] out string? origin)
    {
        origin = null;
        if (text is null
            || text.EndsWith('/')
            || !Uri.TryCreate(text, UriKind.Absolute, out var uri)
            || uri is not { Host.Length: > 0, UserInfo.Length: 0, PathAndQuery: "" or "/", Fragment.Length: 0 })
        {
            return false;
        }

        var host = uri.HostNameType == UriHostNameType.IPv6 ? uri.Host : uri.IdnHost;
        origin = uri.IsDefaultPort ? $"{uri.Scheme}://{host}" : $"{uri.Scheme}://{host}:{uri.Port}";
        return true;
    }
}
