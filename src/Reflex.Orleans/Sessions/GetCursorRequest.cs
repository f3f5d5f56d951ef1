namespace Reflex.Orleans.Sessions;

/// <summary>The cursor is asked for.</summary>
[GenerateSerializer, Immutable, Alias("reflex.GetCursorRequest")]
internal sealed record GetCursorRequest
{
    public static GetCursorRequest Instance { get; } = new();
}
