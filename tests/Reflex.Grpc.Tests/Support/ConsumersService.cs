using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Reflex.Grpc.Tests.Support;

internal sealed class ConsumersService(MemoryCluster cluster) : V1.Consumers.ConsumersBase
{
    public override async Task<V1.ListConsumersResponse> ListConsumers(V1.ListConsumersRequest request, ServerCallContext context)
    {
        await cluster.EnterAsync(request, context);
        return new V1.ListConsumersResponse { Consumers = { new V1.ConsumerId { Stream = "orders", Consumer = "receipts" } } };
    }

    public override async Task<V1.GetConsumerResponse> GetConsumer(V1.GetConsumerRequest request, ServerCallContext context)
    {
        await cluster.EnterAsync(request, context);
        return new V1.GetConsumerResponse
        {
            Partitions =
            {
                new V1.ConsumerPartition { Partition = 0, State = V1.ConsumerState.Running, HeadId = 3 },
                new V1.ConsumerPartition
                {
                    Partition = 1,
                    State = V1.ConsumerState.Stuck,
                    Cursor = 7,
                    HeadId = 9,
                    LagEvents = 2,
                    Lag = Duration.FromTimeSpan(TimeSpan.FromSeconds(5)),
                    Fault = new V1.ConsumerFault
                    {
                        Error = "no",
                        EventId = 8,
                        Attempts = 4,
                        Since = new Timestamp { Seconds = 10 },
                        NextRetry = new Timestamp { Seconds = 20 },
                    },
                },
            },
        };
    }

    public override Task<V1.StartConsumerResponse> StartConsumer(V1.StartConsumerRequest request, ServerCallContext context) =>
        AnswerAsync(request, context, new V1.StartConsumerResponse());

    public override Task<V1.StopConsumerResponse> StopConsumer(V1.StopConsumerRequest request, ServerCallContext context) =>
        AnswerAsync(request, context, new V1.StopConsumerResponse());

    public override Task<V1.RetryConsumerResponse> RetryConsumer(V1.RetryConsumerRequest request, ServerCallContext context) =>
        AnswerAsync(request, context, new V1.RetryConsumerResponse());

    public override Task<V1.SkipEventResponse> SkipEvent(V1.SkipEventRequest request, ServerCallContext context) =>
        AnswerAsync(request, context, new V1.SkipEventResponse());

    public override Task<V1.SetConsumerCursorResponse> SetConsumerCursor(
        V1.SetConsumerCursorRequest request, ServerCallContext context) =>
        AnswerAsync(request, context, new V1.SetConsumerCursorResponse());

    private async Task<T> AnswerAsync<T>(object request, ServerCallContext context, T answer)
    {
        await cluster.EnterAsync(request, context);
        return answer;
    }
}
