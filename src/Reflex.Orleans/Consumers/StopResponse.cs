namespace Reflex.Orleans.Consumers;

/// <summary>The consumer is stopped.</summary>
[GenerateSerializer, Immutable, Alias("reflex.StopResponse")]
internal sealed record StopResponse
{
    public static StopResponse Instance { get; } = new();
}
