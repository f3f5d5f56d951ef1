namespace Reflex.Orleans.Sessions;

/// <summary>What was acknowledged is to be stored.</summary>
[GenerateSerializer, Immutable, Alias("reflex.FlushRequest")]
internal sealed record FlushRequest
{
    public static FlushRequest Instance { get; } = new();
}
