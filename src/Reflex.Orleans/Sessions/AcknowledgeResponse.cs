namespace Reflex.Orleans.Sessions;

/// <summary>The cursor is there, or was further already.</summary>
[GenerateSerializer, Immutable, Alias("reflex.AcknowledgeResponse")]
internal sealed record AcknowledgeResponse
{
    public static AcknowledgeResponse Instance { get; } = new();
}
