using Reflex.AspNetCore.Access;

namespace Reflex.AspNetCore.Http.Access;

/// <summary>Says of endpoints what they need.</summary>
internal static class RequiredAccessConventions
{
    /// <summary>It needs one of the operations on the stream that the route value <c>stream</c> names.</summary>
    public static RouteHandlerBuilder Requires(this RouteHandlerBuilder endpoint, StreamOperations anyOf) =>
        endpoint.WithMetadata(new RequiredAccess(anyOf));

    /// <summary>It needs a valid credential, and itself sees to showing only what the caller may see.</summary>
    public static RouteHandlerBuilder RequiresCaller(this RouteHandlerBuilder endpoint) =>
        endpoint.WithMetadata(new RequiredAccess(StreamOperations.None));
}
