using Microsoft.AspNetCore.Http.HttpResults;
using Reflex.AspNetCore.Access;
using Reflex.AspNetCore.Http.Access;
using Reflex.AspNetCore.Http.Problems;
using Reflex.AspNetCore.Http.Requests;
using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Streams;

namespace Reflex.AspNetCore.Http.Consumers;

/// <summary>The status and the controls of consumers. Every control answers with the status after it.</summary>
internal static class ConsumerEndpoints
{
    // What a consumer is stuck on shows only to those who look after consumers.
    private const StreamOperations Seeing = StreamOperations.Consume | StreamOperations.Administer;

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapRead("/consumers", ListAsync).RequiresCaller();
        endpoints.MapRead("/consumers/{stream}/{name}", GetAsync).Requires(Seeing);
        MapControl("start", (consumer, cancellationToken) => consumer.StartAsync(cancellationToken));
        MapControl("stop", (consumer, cancellationToken) => consumer.StopAsync(cancellationToken));
        MapControl("retry", (consumer, cancellationToken) => consumer.RetryAsync(cancellationToken));
        endpoints.MapPost("/consumers/{stream}/{name}/skip", SkipAsync).Requires(StreamOperations.Administer);
        endpoints.MapPut("/consumers/{stream}/{name}/cursor", SetCursorAsync).Requires(StreamOperations.Administer);
        endpoints.MapDelete("/consumers/{stream}/{name}", RemoveAsync).Requires(StreamOperations.Administer);

        void MapControl(string control, Func<IConsumerControl, CancellationToken, Task> callAsync) => endpoints.MapPost(
            "/consumers/{stream}/{name}/" + control,
            (string stream, string name, HttpRequest request, IReflexClient client, ProblemLog log) =>
                ControlAsync(Find(client, stream, name, request), callAsync, request.HttpContext, log))
            .Requires(StreamOperations.Administer);
    }

    private static async Task ListAsync(HttpRequest request, IReflexClient client, AccessGuard access, ProblemLog log)
    {
        QueryReader.RequireNone(request);
        var cancellationToken = request.HttpContext.RequestAborted;
        var isVisible = await access.FilterAsync(request.HttpContext, Seeing);
        var ids = await client.ListConsumersAsync(cancellationToken);
        await ConsumerList.WriteAsync(
            request.HttpContext.Response, [.. ids.Where(id => isVisible(id.Stream))], DescribeAsync, cancellationToken);

        async Task<ConsumerResponse> DescribeAsync(ConsumerId id)
        {
            try
            {
                return ConsumerResponse.From(await client.GetConsumer(id.Stream, id.Name).GetStatusAsync(cancellationToken));
            }
            catch (ReflexException error)
            {
                return ConsumerResponse.Failed(id, log.Tell(request.HttpContext, error));
            }
        }
    }

    private static async Task<JsonHttpResult<ConsumerResponse>> GetAsync(
        string stream, string name, HttpRequest request, IReflexClient client) =>
        await DescribeAsync(Find(client, stream, name, request), request.HttpContext.RequestAborted);

    private static async Task<JsonHttpResult<ConsumerResponse>> SkipAsync(
        string stream, string name, HttpRequest request, IReflexClient client, ProblemLog log)
    {
        var consumer = Find(client, stream, name, request);
        var body = await JsonBody.ReadAsync(request, HttpJson.Default.SkipRequest, SkipRequest.Example, request.HttpContext.RequestAborted);
        var id = EventId.Parse(body.Id);
        return await ControlAsync(consumer, (c, ct) => c.SkipAsync(body.Partition, id, ct), request.HttpContext, log);
    }

    private static async Task<JsonHttpResult<ConsumerResponse>> SetCursorAsync(
        string stream, string name, HttpRequest request, IReflexClient client, ProblemLog log)
    {
        var consumer = Find(client, stream, name, request);
        var body = await JsonBody.ReadAsync(
            request, HttpJson.Default.SetCursorRequest, SetCursorRequest.Example, request.HttpContext.RequestAborted);
        var cursor = Cursor.Parse(body.Cursor);
        return await ControlAsync(consumer, (c, ct) => c.SetCursorAsync(cursor, ct), request.HttpContext, log);
    }

    private static async Task<NoContent> RemoveAsync(string stream, string name, HttpRequest request, IReflexClient client)
    {
        await Find(client, stream, name, request).RemoveAsync(request.HttpContext.RequestAborted);
        return TypedResults.NoContent();
    }

    private static IConsumerControl Find(IReflexClient client, string stream, string name, HttpRequest request)
    {
        QueryReader.RequireNone(request);
        return client.GetConsumer(StreamName.Parse(stream), ConsumerName.Parse(name));
    }

    private static async Task<JsonHttpResult<ConsumerResponse>> ControlAsync(
        IConsumerControl consumer, Func<IConsumerControl, CancellationToken, Task> callAsync, HttpContext http, ProblemLog log)
    {
        var cancellationToken = http.RequestAborted;
        try
        {
            await callAsync(consumer, cancellationToken);
        }
        catch (InvalidOperationException error)
        {
            throw new ProblemException(new Problem(
                StatusCodes.Status409Conflict, "consumer-conflict", "Not possible now", error.Message)
                .With("stream", consumer.Id.Stream.Value)
                .With("consumer", consumer.Id.Name.Value));
        }
        catch (ArgumentException error)
        {
            throw ProblemException.BadRequest(error.Message);
        }

        try
        {
            return await DescribeAsync(consumer, cancellationToken);
        }
        catch (ReflexException error)
        {
            // It is done: an error would say that it isn't.
            return TypedResults.Json(ConsumerResponse.Failed(consumer.Id, log.Tell(http, error)), HttpJson.Default.ConsumerResponse);
        }
    }

    private static async Task<JsonHttpResult<ConsumerResponse>> DescribeAsync(
        IConsumerControl consumer, CancellationToken cancellationToken) =>
        TypedResults.Json(
            ConsumerResponse.From(await consumer.GetStatusAsync(cancellationToken)), HttpJson.Default.ConsumerResponse);
}
