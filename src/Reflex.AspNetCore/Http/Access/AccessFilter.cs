using Reflex.AspNetCore.Access;
using Reflex.Streams;

namespace Reflex.AspNetCore.Http.Access;

/// <summary>Lets a request pass to its endpoint only if its caller may do what the endpoint does.</summary>
internal sealed class AccessFilter(AccessGuard guard, KnownNames names) : IEndpointFilter
{
    private const string StreamValue = "stream";

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;

        // Refused too while access is off, so that a forgotten one is noticed in its first test.
        var required = http.GetEndpoint()?.Metadata.GetMetadata<RequiredAccess>()
            ?? throw new InvalidOperationException($"The endpoint {http.GetEndpoint()} doesn't say what access it needs.");

        // Who calls is asked first: nobody else is told even that a name is badly written.
        await guard.RequireCallerAsync(http);
        if (required.AnyOf != StreamOperations.None)
        {
            await guard.RequireAsync(http, required.AnyOf, StreamName.Parse((string)http.Request.RouteValues[StreamValue]!));
        }

        try
        {
            return await next(context);
        }
        catch (ReflexException error) when (guard.IsOn)
        {
            var narrowed = await names.NarrowAsync(http, error);
            if (narrowed == error)
            {
                throw;
            }

            throw narrowed;
        }
    }
}
