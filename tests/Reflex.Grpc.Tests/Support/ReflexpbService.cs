using Grpc.Core;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Streams;

namespace Reflex.Grpc.Tests.Support;

internal sealed class ReflexpbService(MemoryCluster cluster) : Reflexpb.Reflex.ReflexBase
{
    public override async Task Stream(
        Reflexpb.StreamRequest request, IServerStreamWriter<Reflexpb.Event> responses, ServerCallContext context)
    {
        await cluster.EnterAsync(request, context);
        await SendAsync(Cursor.Parse(request.After), request.Options, responses, context, context.CancellationToken);
    }

    public override async Task Consume(
        IAsyncStreamReader<Reflexpb.ConsumeRequest> requests, IServerStreamWriter<Reflexpb.Event> responses, ServerCallContext context)
    {
        await requests.MoveNext(context.CancellationToken);
        var first = requests.Current;
        await cluster.EnterAsync(first, context);
        var key = $"{HeaderOf(context)}/{first.ConsumerId}";
        var session = new CancellationTokenSource();
        if (cluster.Sessions.TryGetValue(key, out var older))
        {
            await older.CancelAsync();
        }

        cluster.Sessions[key] = session;
        await context.WriteResponseHeadersAsync(
            cluster.NamesConsumers ? new Metadata { { GrpcStream.ConsumerHeader, first.ConsumerId } } : []);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(session.Token, context.CancellationToken);
        var sending = first.Options.Lag is null
            ? SendAsync(Cursor.Parse(cluster.Cursors.GetValueOrDefault(key, "")), first.Options, responses, context, ending.Token)
            : new TaskCompletionSource().Task.WaitAsync(ending.Token);
        var acknowledging = AcknowledgeAsync(requests, key, session, ending.Token);
        await Task.WhenAny(sending, acknowledging);
        if (session.IsCancellationRequested)
        {
            throw Failures.Reflex(
                StatusCode.Aborted, "CONSUMER_REPLACED", "Taken over.", ("stream", "orders"), ("consumer", first.ConsumerId));
        }

        if (!acknowledging.IsCompleted)
        {
            await sending;
        }

        await acknowledging;
        await ending.CancelAsync();
        await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task AcknowledgeAsync(
        IAsyncStreamReader<Reflexpb.ConsumeRequest> requests, string key, CancellationTokenSource session, CancellationToken ending)
    {
        while (await requests.MoveNext(ending))
        {
            if (cluster.Sessions[key] == session)
            {
                cluster.Cursors[key] = requests.Current.AckId;
            }
        }
    }

    private async Task SendAsync(
        Cursor after,
        Reflexpb.StreamOptions options,
        IServerStreamWriter<Reflexpb.Event> responses,
        ServerCallContext context,
        CancellationToken cancellationToken)
    {
        var header = HeaderOf(context);
        int? partition = header.Contains('/', StringComparison.Ordinal) ? PartitionId.Parse(header).Index : null;
        var stream = cluster.Find(header.Split('/')[0]);
        await foreach (var (before, index, events) in cluster.ReadAsync(
            stream, partition, after, options.FromHead, options.ToHead, context, cancellationToken))
        {
            var cursor = before;
            foreach (var e in events)
            {
                cursor = cursor.With(index, new EventId(e.Id));
                await responses.WriteAsync(
                    new Reflexpb.Event
                    {
                        Id = cursor.ToString(),
                        Type = e.Type,
                        ForeignId = e.ForeignId,
                        Timestamp = e.Timestamp,
                        Metadata = e.Metadata,
                        Trace = e.Trace,
                    },
                    cancellationToken);
            }
        }
    }

    private static string HeaderOf(ServerCallContext context) => context.RequestHeaders.GetValue(GrpcStream.StreamHeader) ?? "orders";
}
