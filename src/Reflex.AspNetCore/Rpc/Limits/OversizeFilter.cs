using System.Globalization;
using Grpc.Core;
using Reflex.Grpc.Errors;

namespace Reflex.AspNetCore.Rpc.Limits;

/// <summary>
/// Gives its details to the refusal of a message over the limit, which the server decides on before a service or an interceptor is
/// asked.
/// </summary>
internal static class OversizeFilter
{
    private const string StatusHeader = "grpc-status";
    private const string MessageHeader = "grpc-message";
    private static readonly string Oversize = ((int)StatusCode.ResourceExhausted).ToString(CultureInfo.InvariantCulture);

    public static void Apply(EndpointBuilder endpoint)
    {
        if (endpoint.RequestDelegate is not { } call)
        {
            return;
        }

        endpoint.RequestDelegate = async http =>
        {
            await call(http);
            var headers = http.Response.Headers;
            if (!http.Response.HasStarted && headers[StatusHeader] == Oversize && !headers.ContainsKey(StatusEncoder.DetailsTrailer))
            {
                var error = http.RequestServices.GetRequiredService<CallErrors>().EncodeOversize(http.Request.Path.Value ?? "");
                headers[StatusHeader] = ((int)error.StatusCode).ToString(CultureInfo.InvariantCulture);
                headers[MessageHeader] = error.Status.Detail;
                headers[StatusEncoder.DetailsTrailer] = Convert.ToBase64String(
                    error.Trailers.GetValueBytes(StatusEncoder.DetailsTrailer) ?? []);
            }
        };
    }
}
