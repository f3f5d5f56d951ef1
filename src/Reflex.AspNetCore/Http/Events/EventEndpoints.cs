using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Reflex.AspNetCore.Access;
using Reflex.AspNetCore.Http.Access;
using Reflex.AspNetCore.Connections;
using Reflex.AspNetCore.Http.Requests;
using Reflex.AspNetCore.Limits;
using Reflex.AspNetCore.Reading;
using Reflex.Cursors;
using Reflex.Streams;

namespace Reflex.AspNetCore.Http.Events;

/// <summary>Appending events to a stream and reading them.</summary>
internal static class EventEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost("/streams/{stream}/events", AppendAsync).Requires(StreamOperations.Append);
        endpoints.MapRead("/streams/{stream}/events", StreamAsync).Requires(StreamOperations.Stream);
    }

    private static async Task<IResult> AppendAsync(
        string stream, HttpRequest request, IReflexClient client, IOptions<ReflexHttpOptions> options, AppendRates rates)
    {
        QueryReader.RequireNone(request);
        var cancellationToken = request.HttpContext.RequestAborted;
        var target = client.GetStream(StreamName.Parse(stream));
        if (MediaTypes.OfBody(request, MediaTypes.Json, MediaTypes.Ndjson) == MediaTypes.Json)
        {
            using var one = NewEventBody.OpenOne(request, options.Value);
            var e = await NewEventBody.ReadOneAsync(one, cancellationToken);
            rates.Admit(request.HttpContext, e);
            var (partition, id) = await target.AppendAsync(e, cancellationToken);
            return Created(new AppendedEventResponse(id.ToString(), partition), HttpJson.Default.AppendedEventResponse);
        }

        using var lines = NewEventBody.OpenLines(request, options.Value);
        var events = await NewEventBody.ReadLinesAsync(lines, options.Value, cancellationToken);
        rates.Admit(request.HttpContext, events);
        var positions = await target.AppendAsync(events, cancellationToken);
        return Created(AppendedEventsResponse.From(positions), HttpJson.Default.AppendedEventsResponse);
    }

    private static JsonHttpResult<T> Created<T>(T value, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) =>
        TypedResults.Json(value, type, statusCode: StatusCodes.Status201Created);

    private static async Task StreamAsync(
        string stream,
        HttpContext context,
        IReflexClient client,
        IOptions<ReflexHttpOptions> options,
        IHostApplicationLifetime lifetime,
        StreamLimit limit,
        ReadingBudget budget,
        StreamAges ages,
        PeerWatch peers,
        ConnectionLimit connections,
        ILogger<EventResponse> logger)
    {
        using var kept = connections.EnterStream(context);
        using var entered = limit.Enter(context, options.Value.MaxStreamsPerClient);
        using var watched = peers.Watch(context);
        var source = client.GetStream(StreamName.Parse(stream));
        var query = HttpStreamQuery.Read(context.Request);
        using TextEventWriter writer = MediaTypes.WantsLines(context.Request) ? new EventLines() : new ServerSentEvents();
        var reading = await StreamReading.StartAsync(source, query, context.RequestAborted);
        if (HttpMethods.IsHead(context.Request.Method))
        {
            EventResponse.SetHeaders(context.Response, writer);
            return;
        }

        await using var response = new EventResponse(context, writer, options.Value, budget, lifetime.ApplicationStopping, logger);
        await response.SendAsync(
            ages.Limit(reading),
            awaitFirst: (query.ToHead && !query.IsFiltered) || reading.Start.HasEvents,
            announced: query.FromHead ? reading.Start.Cursor : default(Cursor?));
    }
}
