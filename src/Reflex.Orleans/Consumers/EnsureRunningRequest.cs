namespace Reflex.Orleans.Consumers;

/// <summary>A consumer is to run on a partition.</summary>
[GenerateSerializer, Immutable, Alias("reflex.EnsureRunningRequest")]
internal sealed record EnsureRunningRequest
{
    public static EnsureRunningRequest Instance { get; } = new();
}
