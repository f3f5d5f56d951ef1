using Reflex.Orleans.Consumers;
using Reflex.Streams;
using EventId = Reflex.Events.EventId;

namespace Reflex.Orleans.Storage;

/// <summary>A cursor as it is stored.</summary>
/// <param name="Consumer">The consumer and the partition.</param>
/// <param name="Cursor">The last event that it handled.</param>
public readonly record struct StoredCursor(ConsumerKey Consumer, EventId Cursor)
{
    /// <summary>The name of a consumer's state in grain storage.</summary>
    internal const string StateName = "cursor";

    // The type of the grains that the states belong to.
    private const string GrainPrefix = "reflex.cursor/";

    /// <summary>What the names of a partition's grains begin with.</summary>
    internal static string GrainsOf(PartitionId partition) => $"{GrainPrefix}{partition}/";

    internal static string GrainOf(ConsumerKey consumer) => $"{GrainPrefix}{consumer}";

    /// <summary>The consumer of a grain; null when the grain is another's.</summary>
    internal static ConsumerKey? ConsumerOf(string grain) =>
        grain.StartsWith(GrainPrefix, StringComparison.Ordinal) ? ConsumerKey.TryParse(grain[GrainPrefix.Length..]) : null;
}
