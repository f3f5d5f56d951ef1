using System.Security.Claims;
using Reflex.Streams;

namespace Reflex.AspNetCore.Access;

/// <summary>A known caller may not do this: HTTP's 403, gRPC's PERMISSION_DENIED.</summary>
internal sealed class AccessDeniedException(ClaimsPrincipal caller, StreamName? stream, StreamOperations anyOf) : ReflexException(
    $"{Caller.Describe(caller)} may not {StreamOperationWords.Describe(anyOf)} on "
    + $"{(stream is { } one ? $"the stream '{one}'" : "all streams")}: it needs a policy that allows this.",
    isTransient: false)
{
    public override ErrorCode Code { get; } = new("access-denied", ErrorKind.Denied, "Not allowed");

    public override ErrorFacts Facts => Stream is { } name ? ErrorFacts.None.With("stream", name.Value) : ErrorFacts.None;

    /// <summary>Where; null for all streams.</summary>
    public StreamName? Stream { get; } = stream;

    /// <summary>The operations of which one is needed.</summary>
    public StreamOperations Operations { get; } = anyOf;
}
