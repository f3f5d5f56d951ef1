namespace Reflex.Orleans.Sessions;

/// <summary>The cursor is stored.</summary>
[GenerateSerializer, Immutable, Alias("reflex.StoreCursorResponse")]
internal sealed record StoreCursorResponse
{
    public static StoreCursorResponse Instance { get; } = new();
}
