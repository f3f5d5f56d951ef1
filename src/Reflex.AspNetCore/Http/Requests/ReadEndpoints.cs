namespace Reflex.AspNetCore.Http.Requests;

/// <summary>Maps what is read.</summary>
internal static class ReadEndpoints
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Maps GET, and HEAD to the same but for the body, which the server leaves out.</summary>
    public static RouteHandlerBuilder MapRead(this IEndpointRouteBuilder endpoints, string pattern, Delegate handler) =>
        endpoints.MapMethods(pattern, Methods, handler);

    /// <summary>Says that an endpoint which would take any method is read.</summary>
    public static IEndpointConventionBuilder IsRead(this IEndpointConventionBuilder endpoint) =>
        endpoint.WithMetadata(new HttpMethodMetadata(Methods));
}
