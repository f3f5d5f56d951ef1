using System.IO.Pipelines;
using Microsoft.AspNetCore.RequestDecompression;
using Microsoft.Extensions.Options;
using Reflex.AspNetCore.Http.Problems;
using Reflex.AspNetCore.Limits;

namespace Reflex.AspNetCore.Http.Requests;

/// <summary>Unpacks the bodies that come with a <c>Content-Encoding</c>.</summary>
internal static class PackedBody
{
    private const string Identity = "identity";

    // RFC 9110 8.4.1.3: an old name of gzip.
    private const string OldGzip = "x-gzip";

    /// <summary>The body unpacked; null when it isn't packed.</summary>
    /// <param name="request">The request, whose body is what was received from now on.</param>
    /// <param name="received">Reads the body as it comes.</param>
    /// <exception cref="ProblemException">It is packed in a way that isn't known here, or more than once.</exception>
    public static PipeReader? Unpack(HttpRequest request, PipeReader received)
    {
        var encoding = request.Headers.ContentEncoding.ToString().Trim();
        if (encoding.Length == 0 || encoding.Equals(Identity, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        if (encoding.Equals(OldGzip, StringComparison.OrdinalIgnoreCase))
        {
            request.Headers.ContentEncoding = "gzip";
        }

        Unpacking.RequireStrict();
        request.Body = received.AsStream(leaveOpen: true);
        var services = request.HttpContext.RequestServices;
        var unpacked = services.GetRequiredService<IRequestDecompressionProvider>().GetDecompressionStream(request.HttpContext);
        return unpacked is not null
            ? PipeReader.Create(unpacked)
            : throw Unknown(encoding, services.GetRequiredService<IOptions<RequestDecompressionOptions>>().Value);
    }

    private static ProblemException Unknown(string encoding, RequestDecompressionOptions options)
    {
        var known = options.DecompressionProviders.Keys.Order(StringComparer.Ordinal).ToArray();
        return new ProblemException(new Problem(
            StatusCodes.Status415UnsupportedMediaType,
            "unsupported-encoding",
            "Unsupported content encoding",
            $"The content encoding is '{encoding}'; expected none, or one of {string.Join(", ", known)}.")
            .With("accepted", known));
    }
}
