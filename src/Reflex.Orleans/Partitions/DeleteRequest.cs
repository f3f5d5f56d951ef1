namespace Reflex.Orleans.Partitions;

/// <summary>The partition's log is to be deleted; its stream isn't known any more, so that nobody opens it again.</summary>
[GenerateSerializer, Immutable, Alias("reflex.DeleteRequest")]
internal sealed record DeleteRequest
{
    public static DeleteRequest Instance { get; } = new();
}
