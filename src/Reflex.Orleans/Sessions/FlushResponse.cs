namespace Reflex.Orleans.Sessions;

/// <summary>What was acknowledged is stored.</summary>
[GenerateSerializer, Immutable, Alias("reflex.FlushResponse")]
internal sealed record FlushResponse
{
    public static FlushResponse Instance { get; } = new();
}
