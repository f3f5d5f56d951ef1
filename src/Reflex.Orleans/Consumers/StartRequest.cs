namespace Reflex.Orleans.Consumers;

/// <summary>A consumer is to run on a partition again.</summary>
[GenerateSerializer, Immutable, Alias("reflex.StartRequest")]
internal sealed record StartRequest
{
    public static StartRequest Instance { get; } = new();
}
