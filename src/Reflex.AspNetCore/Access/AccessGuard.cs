using System.Security.Claims;
using Reflex.Streams;

namespace Reflex.AspNetCore.Access;

/// <summary>What every endpoint and every gRPC method asks before it does anything. While access is off it lets all pass.</summary>
/// <remarks>
/// Not ASP.NET Core's authorization, which decides before an endpoint runs and answers without a body: here the stream is often known only
/// when the request was read, and a refusal says who was refused what, in HTTP's problems and in gRPC's details alike. The framework's
/// handlers of tokens and certificates find out who the caller is.
/// </remarks>
internal sealed class AccessGuard(AccessPolicy policy, Credentials credentials)
{
    private static readonly object CallerItem = new();

    public bool IsOn => policy.IsOn;

    /// <summary>Lets a caller pass who may do one of the operations on a stream; null for all streams.</summary>
    /// <exception cref="UnauthenticatedException">The request has no credential, or one that isn't valid.</exception>
    /// <exception cref="AccessDeniedException">No policy allows the caller any of the operations.</exception>
    public async ValueTask RequireAsync(HttpContext context, StreamOperations anyOf, StreamName? stream)
    {
        var caller = await RequireCallerAsync(context);
        if (!policy.IsAllowed(caller, stream, anyOf))
        {
            throw new AccessDeniedException(caller, stream, anyOf);
        }
    }

    /// <summary>Lets every caller pass whose credential is valid, and tells who it is. A request is looked at once.</summary>
    /// <exception cref="UnauthenticatedException">The request has no credential, or one that isn't valid.</exception>
    public async ValueTask<ClaimsPrincipal> RequireCallerAsync(HttpContext context)
    {
        if (!policy.IsOn)
        {
            return Caller.Anonymous;
        }

        if (context.Items[CallerItem] is not ClaimsPrincipal caller)
        {
            caller = await credentials.AuthenticateAsync(context);
            context.Items[CallerItem] = caller;
        }

        return caller;
    }

    /// <summary>Who calls, once that was asked; null when nobody has asked, or needs to know.</summary>
    public ClaimsPrincipal? CallerOf(HttpContext context) => context.Items[CallerItem] as ClaimsPrincipal;

    /// <summary>Which streams a list may show to the caller: those on which it may do one of the operations.</summary>
    /// <exception cref="UnauthenticatedException">The request has no credential, or one that isn't valid.</exception>
    public async ValueTask<Func<StreamName, bool>> FilterAsync(HttpContext context, StreamOperations anyOf)
    {
        var caller = await RequireCallerAsync(context);
        return stream => policy.IsAllowed(caller, stream, anyOf);
    }
}
