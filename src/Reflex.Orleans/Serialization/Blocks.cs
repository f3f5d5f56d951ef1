namespace Reflex.Orleans.Serialization;

/// <summary>Batches on their way: by reference within a silo, as raw bytes between processes.</summary>
[Immutable, Alias("reflex.Blocks")]
internal sealed class Blocks(ReadOnlyMemory<byte>[] items)
{
    public ReadOnlyMemory<byte>[] Items => items;
}
