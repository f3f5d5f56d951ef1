namespace Reflex.Orleans.Consumers;

/// <summary>A stuck consumer is to try again at once.</summary>
[GenerateSerializer, Immutable, Alias("reflex.RetryRequest")]
internal sealed record RetryRequest
{
    public static RetryRequest Instance { get; } = new();
}
