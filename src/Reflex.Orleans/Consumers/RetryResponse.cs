namespace Reflex.Orleans.Consumers;

/// <summary>The consumer tries again, if it was stuck.</summary>
[GenerateSerializer, Immutable, Alias("reflex.RetryResponse")]
internal sealed record RetryResponse
{
    public static RetryResponse Instance { get; } = new();
}
