namespace Reflex.Orleans.Consumers;

/// <summary>The consumer goes on after the event.</summary>
[GenerateSerializer, Immutable, Alias("reflex.SkipResponse")]
internal sealed record SkipResponse
{
    public static SkipResponse Instance { get; } = new();
}
