using Reflex.Orleans.Catalog;

namespace Reflex.Orleans.State;

/// <summary>How a <see cref="StreamsState"/> is stored.</summary>
internal sealed record StreamsForm : StoredForm
{
    public IReadOnlyList<StreamForm> Streams { get; init; } = [];

    public override bool IsEmpty() => Streams.Count == 0;

    public static StreamsForm From(StreamsState state) => Sign(new StreamsForm { Streams = [.. state.Streams.Select(FormOf)] });

    public StreamsState ToState() => new()
    {
        Streams =
        [
            .. Streams.Select(stream => new StoredStream(
                new StreamEntry(stream.Name, stream.Partitions, stream.MaxAge, stream.MaxBytes),
                [.. (stream.Consumers ?? []).Select(c => new StoredRegistration(c.Name, c.GrainType, c.Removal))],
                stream.Deletion,
                stream.Life)),
        ],
    };

    private static StreamForm FormOf(StoredStream stream)
    {
        var definition = stream.Definition;
        return new StreamForm(definition.Name, definition.Partitions, definition.MaxAge, definition.MaxBytes)
        {
            Consumers = stream.Consumers.IsEmpty
                ? null
                : [.. stream.Consumers.Select(c => new RegistrationForm(c.Name, c.GrainType) { Removal = c.Removal })],
            Deletion = stream.Deletion,
            Life = stream.Life,
        };
    }
}
