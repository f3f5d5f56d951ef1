using System.Text.Json.Serialization;
using Reflex.Orleans.Catalog;

namespace Reflex.Orleans.State;

/// <summary>How a <see cref="CatalogState"/> is stored.</summary>
internal sealed record CatalogForm : StoredForm
{
    [JsonConverter(typeof(FormerListConverter<StreamForm>))]
    public IReadOnlyList<StreamForm> Streams { get; init; } = [];

    [JsonConverter(typeof(FormerListConverter<ConsumerForm>))]
    public IReadOnlyList<ConsumerForm> Consumers { get; init; } = [];

    public override bool IsEmpty() => Streams.Count == 0 && Consumers.Count == 0;

    public static CatalogForm From(CatalogState state) => Sign(new CatalogForm
    {
        Streams = [.. state.Streams.Select(stream => new StreamForm(stream.Name, stream.Partitions, stream.MaxAge, stream.MaxBytes))],
        Consumers = [.. state.Consumers.Select(consumer => new ConsumerForm(consumer.Stream, consumer.Name, consumer.GrainType))],
    });

    public CatalogState ToState() => new()
    {
        Streams = [.. Streams.Select(stream => new StreamEntry(stream.Name, stream.Partitions, stream.MaxAge, stream.MaxBytes))],
        Consumers = [.. Consumers.Select(consumer => new ConsumerEntry(consumer.Stream, consumer.Name, consumer.GrainType))],
    };
}
