using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Reflex.AspNetCore.Access;
using Reflex.AspNetCore.Errors;
using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Grpc.Errors;
using Reflex.Streams;
using V1 = Reflex.Grpc.V1;

namespace Reflex.AspNetCore.Grpc.Services;

/// <summary><c>reflex.v1.Consumers</c> over the cluster.</summary>
internal sealed class ConsumersService(IReflexClient client, CallErrors errors, AccessGuard access)
    : ConsumersContract.Service, IRpcService
{
    public CallErrors Errors => errors;

    public async Task<V1.ListConsumersResponse> ListAsync(V1.ListConsumersRequest request, ServerCallContext call)
    {
        var only = request.Stream.Length > 0 ? StreamName.Parse(request.Stream) : default(StreamName?);
        var isShown = await access.FilterAsync(call, StreamOperations.Consume | StreamOperations.Administer);
        var consumers = await client.ListConsumersAsync(call.CancellationToken);
        return new V1.ListConsumersResponse
        {
            Consumers =
            {
                consumers.Where(consumer => (only is null || consumer.Stream == only) && isShown(consumer.Stream)).Select(Describe),
            },
        };
    }

    public async Task<V1.GetConsumerResponse> GetAsync(V1.GetConsumerRequest request, ServerCallContext call)
    {
        var control = await FindAsync(request.Stream, request.Consumer, StreamOperations.Consume | StreamOperations.Administer, call);
        var status = await control.GetStatusAsync(call.CancellationToken);
        return new V1.GetConsumerResponse
        {
            Id = Describe(status.Id),
            State = Describe(status.State),
            Partitions = { status.Partitions.Select(Describe) },
        };
    }

    public async Task<V1.StartConsumerResponse> StartAsync(V1.StartConsumerRequest request, ServerCallContext call)
    {
        var control = await FindAsync(request.Stream, request.Consumer, StreamOperations.Administer, call);
        await ControlAsync(control.StartAsync(call.CancellationToken));
        return new V1.StartConsumerResponse();
    }

    public async Task<V1.StopConsumerResponse> StopAsync(V1.StopConsumerRequest request, ServerCallContext call)
    {
        var control = await FindAsync(request.Stream, request.Consumer, StreamOperations.Administer, call);
        await ControlAsync(control.StopAsync(call.CancellationToken));
        return new V1.StopConsumerResponse();
    }

    public async Task<V1.RetryConsumerResponse> RetryAsync(V1.RetryConsumerRequest request, ServerCallContext call)
    {
        var control = await FindAsync(request.Stream, request.Consumer, StreamOperations.Administer, call);
        await ControlAsync(control.RetryAsync(call.CancellationToken));
        return new V1.RetryConsumerResponse();
    }

    public async Task<V1.SkipEventResponse> SkipAsync(V1.SkipEventRequest request, ServerCallContext call)
    {
        var control = await FindAsync(request.Stream, request.Consumer, StreamOperations.Administer, call);
        if (request.EventId < 1)
        {
            throw new FormatException($"The event_id is {request.EventId}: expected the id of the event after the cursor.");
        }

        await ControlAsync(control.SkipAsync(request.Partition, new EventId(request.EventId), call.CancellationToken));
        return new V1.SkipEventResponse();
    }

    public async Task<V1.SetConsumerCursorResponse> SetCursorAsync(V1.SetConsumerCursorRequest request, ServerCallContext call)
    {
        var control = await FindAsync(request.Stream, request.Consumer, StreamOperations.Administer, call);
        var cursor = Cursor.Parse(request.Cursor);
        await ControlAsync(control.SetCursorAsync(cursor, call.CancellationToken));
        return new V1.SetConsumerCursorResponse();
    }

    public async Task<V1.RemoveConsumerResponse> RemoveAsync(V1.RemoveConsumerRequest request, ServerCallContext call)
    {
        var control = await FindAsync(request.Stream, request.Consumer, StreamOperations.Administer, call);
        await ControlAsync(control.RemoveAsync(call.CancellationToken));
        return new V1.RemoveConsumerResponse();
    }

    private static async Task ControlAsync(Task control)
    {
        try
        {
            await control;
        }
        catch (InvalidOperationException error)
        {
            throw new RefusedCallException(new ErrorStatus(
                StatusCode.FailedPrecondition, ErrorReasons.InvalidOperation, error.Message));
        }
    }

    private static V1.ConsumerId Describe(ConsumerId id) => new() { Stream = id.Stream.Value, Consumer = id.Name.Value };

    private static V1.ConsumerState Describe(ConsumerState state) => state switch
    {
        ConsumerState.Running => V1.ConsumerState.Running,
        ConsumerState.Stuck => V1.ConsumerState.Stuck,
        ConsumerState.Stopped => V1.ConsumerState.Stopped,
        ConsumerState.Unregistered => V1.ConsumerState.Unregistered,
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "This state has no name in reflex.v1."),
    };

    private static V1.ConsumerPartition Describe(ConsumerPartitionStatus status)
    {
        var part = new V1.ConsumerPartition
        {
            Partition = status.Partition,
            State = Describe(status.State),
            HeadId = status.Head.Value,
            LagEvents = status.LagEvents,
            Lag = Duration.FromTimeSpan(status.Lag),
            Fault = status.Fault is { } fault ? Describe(fault) : null,
        };
        if (status.Cursor is { } cursor)
        {
            part.Cursor = cursor.Id.Value;
            part.CursorEpoch = cursor.Epoch;
        }

        return part;
    }

    private static V1.ConsumerFault Describe(ConsumerFault fault)
    {
        var described = new V1.ConsumerFault
        {
            Error = fault.Error,
            Attempts = fault.Attempts,
            Since = Timestamp.FromDateTimeOffset(fault.Since),
            NextRetry = Timestamp.FromDateTimeOffset(fault.NextRetry),
        };
        if (fault.Event is { } id)
        {
            described.EventId = id.Value;
        }

        return described;
    }

    private async ValueTask<IConsumerControl> FindAsync(string stream, string consumer, StreamOperations anyOf, ServerCallContext call)
    {
        var name = StreamName.Parse(stream);
        await access.RequireAsync(call, anyOf, name);
        return client.GetConsumer(name, ConsumerName.Parse(consumer));
    }
}
