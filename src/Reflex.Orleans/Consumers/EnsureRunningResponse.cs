namespace Reflex.Orleans.Consumers;

/// <summary>The consumer runs, unless it was stopped.</summary>
[GenerateSerializer, Immutable, Alias("reflex.EnsureRunningResponse")]
internal sealed record EnsureRunningResponse
{
    public static EnsureRunningResponse Instance { get; } = new();
}
