namespace Reflex.AspNetCore.Http.Problems;

/// <summary>Problems for the statuses that routing sets without a body.</summary>
internal static class EmptyStatus
{
    public static Problem Describe(HttpContext context)
    {
        var request = context.Request;
        return context.Response.StatusCode switch
        {
            StatusCodes.Status404NotFound => new Problem(
                StatusCodes.Status404NotFound,
                "not-found",
                "Not found",
                $"There is nothing at {request.Path}: see /streams, /streams/STREAM, /streams/STREAM/events, /consumers, "
                + "/consumers/STREAM/NAME, /health/live and /health/ready."),
            StatusCodes.Status405MethodNotAllowed => new Problem(
                StatusCodes.Status405MethodNotAllowed,
                "method-not-allowed",
                "Method not allowed",
                $"{request.Path} doesn't take {request.Method}; it takes {context.Response.Headers.Allow}."),
            var status => new Problem(
                status, "refused", "Refused", $"{request.Method} {request.Path} was refused with status {status}."),
        };
    }
}
