using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Reflex.AspNetCore.Access;
using Reflex.AspNetCore.Grpc.Receiving;
using Reflex.AspNetCore.Grpc.Requests;
using Reflex.AspNetCore.Grpc.Sending;
using Reflex.AspNetCore.Limits;
using Reflex.AspNetCore.Reading;
using Reflex.Streams;
using V1 = Reflex.Grpc.V1;

namespace Reflex.AspNetCore.Grpc.Services;

/// <summary><c>reflex.v1.Streams</c> over the cluster.</summary>
internal sealed class StreamsService(
    IReflexClient client,
    CallErrors errors,
    AccessGuard access,
    ReceivingBudget receiving,
    AppendRates rates,
    IOptions<ReflexGrpcOptions> options)
    : StreamsContract.Service, IRpcService
{
    private const int MaxListed = 10_000;

    public CallErrors Errors => errors;

    public async Task<V1.ListStreamsResponse> ListStreamsAsync(V1.ListStreamsRequest request, ServerCallContext call)
    {
        if (request.Limit is < 0 or > MaxListed)
        {
            throw new FormatException($"The limit is {request.Limit}: expected 1 to {MaxListed}, or 0 for all.");
        }

        var isShown = await access.FilterAsync(call, StreamOperations.Any);
        var pages = new StreamPages(client, isShown);
        var after = request.After.Length > 0 ? StreamName.Parse(request.After) : default(StreamName?);
        var page = await pages.ReadAsync(after, request.Limit == 0 ? int.MaxValue : request.Limit, call.CancellationToken);
        return new V1.ListStreamsResponse { Streams = { page.Streams.Select(Describe) } };
    }

    public async Task<V1.DeleteStreamResponse> DeleteStreamAsync(V1.DeleteStreamRequest request, ServerCallContext call)
    {
        var stream = StreamName.Parse(request.Stream);
        await access.RequireAsync(call, StreamOperations.Administer, stream);
        return new V1.DeleteStreamResponse { Deleted = await client.DeleteStreamAsync(stream, call.CancellationToken) };
    }

    public async Task<V1.DefineStreamResponse> DefineStreamAsync(V1.DefineStreamRequest request, ServerCallContext call)
    {
        var definition = Definitions.Read(request.Stream) with { KeepsStoredRetention = request.KeepsStoredRetention };
        await access.RequireAsync(call, StreamOperations.Administer, definition.Name);
        return new V1.DefineStreamResponse { Created = await client.DefineStreamAsync(definition, call.CancellationToken) };
    }

    public async Task<V1.GetStreamResponse> GetStreamAsync(V1.GetStreamRequest request, ServerCallContext call)
    {
        var stream = StreamName.Parse(request.Stream);
        await access.RequireAsync(call, StreamOperations.Any, stream);
        var status = await client.GetStream(stream).GetStatusAsync(call.CancellationToken);
        var partitions = status.Partitions.Select(partition => new V1.PartitionStatus
        {
            Partition = partition.Partition,
            OldestId = partition.Oldest.Value,
            HeadId = partition.Head.Value,
            Bytes = partition.Bytes,
            HeadEpoch = partition.HeadEpoch,
        });
        return new V1.GetStreamResponse { Stream = Describe(status.Definition), Partitions = { partitions } };
    }

    public async Task<V1.AppendResponse> AppendAsync(V1.AppendRequest request, ServerCallContext call)
    {
        var name = StreamName.Parse(request.Stream);
        await access.RequireAsync(call, StreamOperations.Append, name);
        var stream = client.GetStream(name);
        var events = NewEvents.Read(request);
        rates.Admit(call.GetHttpContext(), events);

        // One alone travels and is stored together with those of other calls.
        var positions = events is [var only]
            ? [await stream.AppendAsync(only, call.CancellationToken)]
            : await stream.AppendAsync(events, call.CancellationToken);
        return new V1.AppendResponse { Positions = { positions.Select(Describe) } };
    }

    public async Task<V1.AppendManyResponse> AppendManyAsync(
        IAsyncStreamReader<V1.AppendRequest> requests, ServerCallContext call)
    {
        var received = call.GetHttpContext().Features.GetRequiredFeature<MessageReader>().Share;
        var append = new BulkAppend(
            client,
            requests,
            received,
            receiving,
            name => access.RequireAsync(call, StreamOperations.Append, name),
            events => rates.PaceAsync(call.GetHttpContext(), events, call.CancellationToken));
        await append.RunAsync(call.CancellationToken);
        return new V1.AppendManyResponse { Count = append.Count, Last = { append.Last.Select(Describe) } };
    }

    public async Task StreamAsync(V1.StreamRequest request, ServerCallContext call)
    {
        var name = StreamName.Parse(request.Stream);
        await access.RequireAsync(call, StreamOperations.Stream, name);
        var stream = client.GetStream(name);
        var query = GrpcStreamQuery.Read(request);
        await using var sender = new EventSender(call, new V1EventWriter(), options.Value.TimeProvider);
        var reading = await StreamReading.StartAsync(stream, query, sender.Ending);
        await sender.SendAsync(reading);
    }

    private static V1.StreamDefinition Describe(StreamDefinition definition)
    {
        var described = new V1.StreamDefinition { Name = definition.Name.Value, Partitions = definition.Partitions };
        if (definition.Retention is not { MaxAge: null, MaxBytes: null })
        {
            described.Retention = new V1.Retention
            {
                MaxAge = definition.Retention.MaxAge is { } age ? Duration.FromTimeSpan(age) : null,
            };
            if (definition.Retention.MaxBytes is { } bytes)
            {
                described.Retention.MaxBytes = bytes;
            }
        }

        return described;
    }

    private static V1.EventPosition Describe(EventPosition position) =>
        new() { Partition = position.Partition, Id = position.Id.Value };
}
