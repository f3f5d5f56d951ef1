using Reflex.Streams;

namespace Reflex.Orleans.Catalog;

/// <summary>A stream's definition, between processes and in the catalog's state.</summary>
/// <remarks>Its name, and its bytes, are those of catalogs that Orleans' own serializer has stored.</remarks>
[GenerateSerializer(IncludePrimaryConstructorParameters = false), Immutable, Alias("reflex.StreamDefinition")]
internal sealed record StreamEntry(
    [property: Id(0)] string Name,
    [property: Id(1)] int Partitions,
    [property: Id(2)] TimeSpan? MaxAge,
    [property: Id(3)] long? MaxBytes)
{
    public static StreamEntry Of(StreamDefinition stream) =>
        new(stream.Name.Value, stream.Partitions, stream.Retention.MaxAge, stream.Retention.MaxBytes);

    public StreamDefinition ToDefinition() => new(Name, Partitions, new Retention { MaxAge = MaxAge, MaxBytes = MaxBytes });
}
