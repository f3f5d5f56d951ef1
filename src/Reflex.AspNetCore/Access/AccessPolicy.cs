using System.Security.Claims;
using Microsoft.Extensions.Options;
using Reflex.Streams;

namespace Reflex.AspNetCore.Access;

/// <summary>Answers who may do what.</summary>
internal sealed class AccessPolicy(IOptions<ReflexAccessOptions> options)
{
    private readonly AccessRule[] _rules = [.. options.Value.Policies.Values.Select(policy => new AccessRule(policy))];

    public bool IsOn { get; } = options.Value.IsOn;

    /// <summary>Whether any of the operations is allowed on a stream, or on all; while access is off everything is.</summary>
    public bool IsAllowed(ClaimsPrincipal caller, StreamName? stream, StreamOperations anyOf) =>
        !IsOn
        || (caller.Identity is { IsAuthenticated: true } && _rules.Any(rule => rule.Grants(caller, stream, anyOf)));
}
