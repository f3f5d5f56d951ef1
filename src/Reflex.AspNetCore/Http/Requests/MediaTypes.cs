using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Reflex.AspNetCore.Http.Problems;

namespace Reflex.AspNetCore.Http.Requests;

/// <summary>The media types that these endpoints speak.</summary>
internal static class MediaTypes
{
    public const string Json = "application/json";
    public const string JsonAnswer = Json + "; charset=utf-8";
    public const string Ndjson = "application/x-ndjson";
    public const string EventStream = "text/event-stream";

    /// <summary>The accepted type that a body has.</summary>
    /// <exception cref="ProblemException">It has another, or none.</exception>
    public static string OfBody(HttpRequest request, params string[] accepted)
    {
        if (MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && IsUtf8(type.Charset))
        {
            foreach (var one in accepted)
            {
                if (type.MediaType.Equals(one, StringComparison.OrdinalIgnoreCase))
                {
                    return one;
                }
            }
        }

        throw new ProblemException(new Problem(
            StatusCodes.Status415UnsupportedMediaType,
            "unsupported-media-type",
            "Unsupported media type",
            $"The content type is '{request.ContentType}'; expected {string.Join(" or ", accepted)} in UTF-8, "
            + $"such as curl -H 'Content-Type: {accepted[^1]}'.")
            .With("accepted", accepted));
    }

    /// <summary>Whether a charset is UTF-8, or its part that has ASCII alone; it may be quoted, as every parameter may.</summary>
    private static bool IsUtf8(StringSegment charset)
    {
        var name = HeaderUtilities.RemoveQuotes(charset);
        return !name.HasValue
            || name.Equals("utf-8", StringComparison.OrdinalIgnoreCase)
            || name.Equals("us-ascii", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Whether a stream is wanted as lines rather than as Server-Sent Events, which an undecided client gets.</summary>
    /// <exception cref="ProblemException">Neither is acceptable.</exception>
    public static bool WantsLines(HttpRequest request)
    {
        if (request.Headers.Accept.Count == 0)
        {
            return false;
        }

        if (MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted))
        {
            foreach (var type in accepted.OrderByDescending(type => type.Quality ?? 1).Where(type => type.Quality != 0))
            {
                if (type.MatchesMediaType(EventStream))
                {
                    return false;
                }

                if (type.MatchesMediaType(Ndjson))
                {
                    return true;
                }
            }
        }

        throw new ProblemException(new Problem(
            StatusCodes.Status406NotAcceptable,
            "not-acceptable",
            "Not acceptable",
            $"The request accepts '{request.Headers.Accept}'; a stream comes as {EventStream} or {Ndjson}.")
            .With("available", new[] { EventStream, Ndjson }));
    }
}
