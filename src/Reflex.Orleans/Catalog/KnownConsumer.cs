namespace Reflex.Orleans.Catalog;

/// <summary>Who runs a consumer, and by which grains its cursor is reached.</summary>
internal readonly record struct KnownConsumer(ConsumerKind Kind, GrainType GrainType)
{
    public static KnownConsumer Outside { get; } = new(ConsumerKind.Outside, GrainType.Create(ConsumerTypes.Session));

    public static KnownConsumer Of(ConsumerEntry? entry) => entry is null
        ? default
        : new(
            entry.IsUnregistered ? ConsumerKind.Unregistered
                : entry.GrainType == ConsumerTypes.Session ? ConsumerKind.Outside
                : ConsumerKind.OfTheCluster,
            GrainType.Create(entry.GrainType));
}
