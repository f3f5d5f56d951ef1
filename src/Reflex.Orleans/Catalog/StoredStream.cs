using System.Collections.Immutable;

namespace Reflex.Orleans.Catalog;

/// <summary>What the catalog stores of a stream.</summary>
/// <param name="Definition">Its definition.</param>
/// <param name="Consumers">
/// The consumers whose cursors the cluster keeps: those outside, and those that it runs or has run, with the type of their grains.
/// </param>
/// <param name="Deletion">The deletion that it is under: nobody finds it, and its name isn't free yet; null when it is there.</param>
/// <param name="Life">
/// The id of this stream among those of its name, one after another; null of one that an older version has defined.
/// </param>
[GenerateSerializer, Immutable, Alias("reflex.StoredStream")]
internal sealed record StoredStream(
    [property: Id(0)] StreamEntry Definition,
    [property: Id(1)] ImmutableArray<StoredRegistration> Consumers,
    [property: Id(2)] Guid? Deletion = null,
    [property: Id(3)] Guid? Life = null)
{
    public bool IsDeleting => Deletion is not null;

    public static StoredStream New(StreamEntry definition) => new(definition, [], Life: Guid.NewGuid());

    public StoredRegistration? Find(string consumer)
    {
        foreach (var registration in Consumers)
        {
            if (registration.Name == consumer)
            {
                return registration;
            }
        }

        return null;
    }

    /// <summary>The same with a consumer in the place of the one of its name, or added.</summary>
    public StoredStream With(StoredRegistration consumer) => Find(consumer.Name) is { } before
        ? this with { Consumers = Consumers.Replace(before, consumer) }
        : this with { Consumers = Consumers.Add(consumer) };

    public StoredStream Without(string consumer) => Find(consumer) is { } before
        ? this with { Consumers = Consumers.Remove(before) }
        : this;
}
