using System.Text.Json.Serialization;
using Reflex.Orleans.Catalog;

namespace Reflex.Orleans.State;

/// <summary>How a <see cref="CatalogState"/> is stored: as versions before form 3 kept the catalog.</summary>
internal sealed record CatalogForm : StoredForm
{
    // The form whose programs keep the catalog in parts.
    private const int FirstWithParts = 3;

    [JsonConverter(typeof(FormerListConverter<StreamForm>))]
    public IReadOnlyList<StreamForm> Streams { get; init; } = [];

    [JsonConverter(typeof(FormerListConverter<ConsumerForm>))]
    public IReadOnlyList<ConsumerForm> Consumers { get; init; } = [];

    public override bool IsEmpty() => Streams.Count == 0 && Consumers.Count == 0;

    /// <remarks>Programs that know nothing but this record would miss what is stored beside it.</remarks>
    public static CatalogForm From(CatalogState state) => Sign(oldestReader: FirstWithParts, form: new CatalogForm
    {
        Streams = [.. state.Streams.Select(stream => new StreamForm(stream.Name, stream.Partitions, stream.MaxAge, stream.MaxBytes))],
        Consumers = [.. state.Consumers.Select(consumer => new ConsumerForm(consumer.Stream, consumer.Name, consumer.GrainType))],
    });

    public CatalogState ToState() => new()
    {
        IsFormer = Reader >= FirstWithParts,
        Streams = [.. Streams.Select(stream => new StreamEntry(stream.Name, stream.Partitions, stream.MaxAge, stream.MaxBytes))],
        Consumers = [.. Consumers.Select(consumer => new ConsumerEntry(consumer.Stream, consumer.Name, consumer.GrainType))],
    };
}
