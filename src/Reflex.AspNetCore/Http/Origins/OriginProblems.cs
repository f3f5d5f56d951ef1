using Reflex.AspNetCore.Http.Problems;


namespace Reflex.AspNetCore.Http.Origins;

/// <summary>How foreign requests are refused.</summary>
internal static class OriginProblems
{
    // A page has a name of at most 253 characters, but whoever sends the header may put anything there.
    private const int MaxShown = 300;

    public static Problem ForeignOrigin(HttpRequest request)
    {
        var origin = Shorten(request.Headers.Origin.ToString());
        return new Problem(
            StatusCodes.Status403Forbidden,
            "foreign-origin",
            "Foreign origin",
            $"The request comes from a page of {(origin.Length == 0 ? "another site" : $"'{origin}'")}, which may change nothing here: "
            + "only pages of this server may, and those of the origins in AllowedOrigins.")
            .With("origin", origin);
    }

    public static Problem ForeignHost(HttpRequest request)
    {
        var host = Shorten(request.Host.Value ?? "");
        return new Problem(
            StatusCodes.Status403Forbidden,
            "foreign-host",
            "Foreign host",
            $"'{host}' is no name of this machine alone, and the server is for this machine, since it asks nobody who they are: use "
            + "localhost, or add the name to AllowedHosts.")
            .With("host", host);
    }

    private static string Shorten(string text) => text.Length <= MaxShown ? text : text[..MaxShown];
}
