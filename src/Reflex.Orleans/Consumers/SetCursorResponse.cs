namespace Reflex.Orleans.Consumers;

/// <summary>The cursor is set.</summary>
[GenerateSerializer, Immutable, Alias("reflex.SetCursorResponse")]
internal sealed record SetCursorResponse
{
    public static SetCursorResponse Instance { get; } = new();
}
