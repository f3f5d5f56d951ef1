namespace Reflex.Orleans.Spread;

/// <summary>Somebody looks.</summary>
[GenerateSerializer, Immutable, Alias("reflex.EvenOutResponse")]
internal sealed record EvenOutResponse
{
    public static EvenOutResponse Instance { get; } = new();
}
