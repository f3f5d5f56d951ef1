namespace Reflex.Orleans.Partitions;

/// <summary>What a partition's owners up to an epoch have appended is to be deleted.</summary>
/// <param name="Epoch">
/// The epoch that the log had when its stream was to be deleted still; under it this call, however late, deletes nothing else.
/// </param>
[GenerateSerializer, Immutable, Alias("reflex.DeleteRequest")]
internal sealed record DeleteRequest([property: Id(0)] long Epoch);
