using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Reflex.AspNetCore.Access;
using Reflex.AspNetCore.Http.Access;
using Reflex.AspNetCore.Http.Problems;
using Reflex.AspNetCore.Http.Requests;
using Reflex.Streams;

namespace Reflex.AspNetCore.Http.Streams;

/// <summary>Defining streams, looking at them, and deleting them.</summary>
internal static class StreamEndpoints
{
    private const int UsualPage = 100;
    private const int LargestPage = 1000;

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapRead("/streams", ListAsync).RequiresCaller();
        endpoints.MapRead("/streams/{stream}", GetAsync).Requires(StreamOperations.Any);
        endpoints.MapPut("/streams/{stream}", DefineAsync).Requires(StreamOperations.Administer);
        endpoints.MapDelete("/streams/{stream}", DeleteAsync).Requires(StreamOperations.Administer);
    }

    private static async Task<JsonHttpResult<StreamListResponse>> ListAsync(
        HttpRequest request, IReflexClient client, AccessGuard access, ProblemLog log)
    {
        var query = new QueryReader(request, "after", "limit");
        var after = query.Read<StreamName>("after", TryParseName, "a stream's name, once");
        var limit = query.Read<int>("limit", TryParseLimit, $"a number from 1 to {LargestPage}, once") ?? UsualPage;
        var cancellationToken = request.HttpContext.RequestAborted;
        var pages = new StreamPages(client, await access.FilterAsync(request.HttpContext, StreamOperations.Any));
        var (definitions, hasMore) = await pages.ReadAsync(after, limit, cancellationToken);
        var streams = await Gathering.GatherAsync(definitions, DescribeAsync);
        var next = hasMore ? definitions[^1].Name.Value : null;
        return TypedResults.Json(new StreamListResponse(streams, next), HttpJson.Default.StreamListResponse);

        // One stream with a damaged log must not hide the others from whoever looks for the fault.
        async Task<StreamResponse> DescribeAsync(StreamDefinition definition)
        {
            try
            {
                return StreamResponse.From(await client.GetStream(definition.Name).GetStatusAsync(cancellationToken));
            }
            catch (ReflexException error)
            {
                return StreamResponse.Failed(definition, log.Tell(request.HttpContext, error));
            }
        }
    }

    private static async Task<JsonHttpResult<StreamResponse>> GetAsync(string stream, HttpRequest request, IReflexClient client)
    {
        QueryReader.RequireNone(request);
        var status = await client.GetStream(StreamName.Parse(stream)).GetStatusAsync(request.HttpContext.RequestAborted);
        return TypedResults.Json(StreamResponse.From(status), HttpJson.Default.StreamResponse);
    }

    private static async Task<JsonHttpResult<DefinitionResponse>> DefineAsync(string stream, HttpRequest request, IReflexClient client)
    {
        QueryReader.RequireNone(request);
        var cancellationToken = request.HttpContext.RequestAborted;
        var name = StreamName.Parse(stream);
        var body = await JsonBody.ReadOptionalAsync(request, HttpJson.Default.DefineRequest, DefineRequest.Example, cancellationToken);
        var definition = (body ?? new DefineRequest()).ToDefinition(name);
        var created = await client.DefineStreamAsync(definition, cancellationToken);
        var stored = created || !definition.KeepsStoredRetention
            ? definition
            : (await client.GetStream(name).GetStatusAsync(cancellationToken)).Definition;
        return TypedResults.Json(
            DefinitionResponse.From(stored),
            HttpJson.Default.DefinitionResponse,
            statusCode: created ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    private static async Task<NoContent> DeleteAsync(string stream, HttpRequest request, IReflexClient client)
    {
        QueryReader.RequireNone(request);
        var name = StreamName.Parse(stream);
        var cancellationToken = request.HttpContext.RequestAborted;
        if (!await client.DeleteStreamAsync(name, cancellationToken))
        {
            // Tells which there are instead.
            await client.GetStream(name).GetStatusAsync(cancellationToken);
        }

        return TypedResults.NoContent();
    }

    private static bool TryParseName(string text, out StreamName name)
    {
        try
        {
            name = StreamName.Parse(text);
            return true;
        }
        catch (FormatException)
        {
            name = default;
            return false;
        }
    }

    private static bool TryParseLimit(string text, out int limit) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit is >= 1 and <= LargestPage;
}
