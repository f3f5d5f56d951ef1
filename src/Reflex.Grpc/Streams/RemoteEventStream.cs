using Reflex.Cursors;
using Reflex.Events;
using Reflex.Grpc.Appends;
using Reflex.Grpc.Errors;
using Reflex.Grpc.Wire;
using Reflex.Streams;

namespace Reflex.Grpc.Streams;

/// <summary>A stream of a cluster.</summary>
internal sealed class RemoteEventStream(StreamName name, StreamAppender appender, Calls calls) : IEventStream
{
    private readonly V1.Streams.StreamsClient _client = new(calls.Invoker);

    public StreamName Name => name;

    public async Task<StreamStatus> GetStatusAsync(CancellationToken cancellationToken)
    {
        var answer = await _client.GetStreamAsync(new V1.GetStreamRequest { Stream = name.Value }, calls.Options(cancellationToken))
            .AnswerAsync(calls.Context($"look at {name}", name), cancellationToken).ConfigureAwait(false);
        return StreamStatuses.Decode(answer);
    }

    public Task<EventPosition> AppendAsync(NewEvent newEvent, CancellationToken cancellationToken) =>
        appender.AppendAsync(newEvent, cancellationToken);

    public Task<IReadOnlyList<EventPosition>> AppendAsync(IReadOnlyList<NewEvent> newEvents, CancellationToken cancellationToken) =>
        appender.AppendAsync(newEvents, cancellationToken);

    public IAsyncEnumerable<Event> StreamAsync(Cursor after, StreamOptions options, CancellationToken cancellationToken) =>
        Read(partition: null).StreamAsync(after, options, cancellationToken);

    public StreamFunc Partition(int partition)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(partition);
        return (after, options, cancellationToken) => after.Places == 1
            ? Read(partition).StreamAsync(after, options, cancellationToken)
            : throw new FormatException(
                $"The cursor {after} has {after.Places} places; one partition, {name}/{partition}, takes a plain event id.");
    }

    private ResumingStream<StreamedEvents> Read(int? partition) => new(
        name,
        (after, options, cancellationToken) => calls.Invoker.AsyncServerStreamingCall(
            ReflexMethods.Stream,
            host: null,
            calls.LastingOptions(cancellationToken),
            StreamRequests.V1(name, partition, after, options)),
        static message => message.Events,
        cancellationToken => GetHeadAsync(partition, cancellationToken),
        calls.Configuration,
        static message => message.ReadTo);

    private async Task<Cursor> GetHeadAsync(int? partition, CancellationToken cancellationToken)
    {
        var status = await GetStatusAsync(cancellationToken).ConfigureAwait(false);
        if (partition is { } one)
        {
            return one < status.Partitions.Count
                ? status.Partitions[one].HeadPlace
                : throw new PartitionNotFoundException(name, one, status.Partitions.Count);
        }

        return status.Partitions.Aggregate(
            Cursor.ForPartitions(status.Partitions.Count), (cursor, each) => cursor.With(each.Partition, each.HeadPlace));
    }
}
