using Microsoft.AspNetCore.Http.HttpResults;
using Reflex.AspNetCore.Access;
using Reflex.AspNetCore.Http.Problems;
using Reflex.AspNetCore.Http.Requests;
using Reflex.Streams;

namespace Reflex.AspNetCore.Http.Streams;

/// <summary>Defining streams and looking at them.</summary>
internal static class StreamEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapRead("/streams", ListAsync).RequiresCaller();
        endpoints.MapRead("/streams/{stream}", GetAsync).Requires(StreamOperations.Any);
        endpoints.MapPut("/streams/{stream}", DefineAsync).Requires(StreamOperations.Administer);
    }

    private static async Task<JsonHttpResult<StreamListResponse>> ListAsync(
        HttpRequest request, IReflexClient client, AccessGuard access, ProblemLog log)
    {
        QueryReader.RequireNone(request);
        var cancellationToken = request.HttpContext.RequestAborted;
        var isVisible = await access.FilterAsync(request.HttpContext, StreamOperations.Any);
        var definitions = await client.ListStreamsAsync(cancellationToken);
        var streams = await Gathering.GatherAsync([.. definitions.Where(definition => isVisible(definition.Name))], DescribeAsync);
        return TypedResults.Json(new StreamListResponse(streams), HttpJson.Default.StreamListResponse);

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
        return TypedResults.Json(
            DefinitionResponse.From(definition),
            HttpJson.Default.DefinitionResponse,
            statusCode: created ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }
}
