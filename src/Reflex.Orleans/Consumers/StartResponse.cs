namespace Reflex.Orleans.Consumers;

/// <summary>The consumer isn't stopped any more.</summary>
[GenerateSerializer, Immutable, Alias("reflex.StartResponse")]
internal sealed record StartResponse
{
    public static StartResponse Instance { get; } = new();
}
