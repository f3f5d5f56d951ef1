using System.Globalization;
using System.Text;
using Grpc.Core;
using Reflex.AspNetCore.Errors;

namespace Reflex.AspNetCore.Grpc.Receiving;

/// <summary>Answers a call that no service has seen: its status among the headers, and no body.</summary>
internal static class TrailersOnly
{
    private const string Status = "grpc-status";
    private const string Message = "grpc-message";

    public static void Write(HttpResponse response, RpcException error)
    {
        response.ContentType = "application/grpc";
        response.Headers[Status] = ((int)error.StatusCode).ToString(CultureInfo.InvariantCulture);
        response.Headers[Message] = Encode(error.Status.Detail);
        if (error.Trailers.GetValueBytes(StatusEncoder.DetailsTrailer) is { } details)
        {
            response.Headers[StatusEncoder.DetailsTrailer] = Convert.ToBase64String(details);
        }
    }

    /// <summary>Printable ASCII but for the percent sign stays as it is, as gRPC's protocol has it.</summary>
    private static string Encode(string text)
    {
        var encoded = new StringBuilder(text.Length);
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            if (b is >= 0x20 and <= 0x7E and not (byte)'%')
            {
                encoded.Append((char)b);
            }
            else
            {
                encoded.Append('%').Append(b.ToString("X2", CultureInfo.InvariantCulture));
            }
        }

        return encoded.ToString();
    }
}
