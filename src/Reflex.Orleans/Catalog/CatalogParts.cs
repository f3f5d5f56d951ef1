using System.Globalization;
using Reflex.Streams;

namespace Reflex.Orleans.Catalog;

/// <summary>
/// The parts that the catalog is stored in: each stream's entry is in the part of its name's hash. So what a change writes stays small
/// however many streams there are, and all of them are still read with as many reads as there are parts.
/// </summary>
internal static class CatalogParts
{
    /// <summary>How many there are; stored catalogs are divided so, and it can't be changed.</summary>
    public const int Count = 256;

    private static readonly GrainType RecordType = GrainType.Create(StreamsState.GrainType);

    public static int Of(StreamName stream) => Partitioning.PartitionOf(stream.Value, Count);

    /// <summary>Where a part is in grain storage.</summary>
    public static GrainId RecordOf(int part) => GrainId.Create(RecordType, part.ToString(CultureInfo.InvariantCulture));

    /// <summary>What is stored in all: the parts, and what an older version's one record has for those that aren't stored yet.</summary>
    /// <param name="parts">The parts' streams in the order of their numbers; null where nothing is stored.</param>
    /// <param name="former">The older version's record; null when there is none.</param>
    public static IEnumerable<StoredStream> Join(IReadOnlyList<IReadOnlyList<StoredStream>?> parts, CatalogState? former)
    {
        var consumers = (former?.Consumers ?? []).ToLookup(consumer => consumer.Stream);
        var unmoved = (former?.Streams ?? [])
            .Where(stream => parts[Of(stream.Name)] is null)
            .Select(stream => new StoredStream(
                stream, [.. consumers[stream.Name].Select(consumer => new StoredRegistration(consumer.Name, consumer.GrainType))]));
        return parts.SelectMany(part => part ?? []).Concat(unmoved);
    }
}
