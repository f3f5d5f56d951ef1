using System.Runtime.ExceptionServices;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Reflex.AspNetCore.Http.Problems;

/// <summary>Answers every exception of an endpoint with problem details.</summary>
/// <remarks>
/// Not by ASP.NET Core's own writer, which writes nothing to a client that doesn't accept JSON, and so nothing to one that follows events.
/// </remarks>
internal sealed partial class ProblemFilter(IHostApplicationLifetime lifetime, ProblemLog log, ILogger<ProblemFilter> logger)
    : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        try
        {
            return await next(context);
        }
        catch (BodyCutException error) when (!http.Response.HasStarted)
        {
            // The server's own, since its reading hasn't ended: it would fail to pass over the rest of a body that was answered here.
            ExceptionDispatchInfo.Throw(error.Cause);
            throw;
        }
        catch (Exception error) when (error is ClientGoneException || http.RequestAborted.IsCancellationRequested)
        {
            // Nobody's error, and there is nobody to answer.
            ClientLeft(logger, http.Request.Method, http.Request.Path);
            http.Abort();
            return EmptyHttpResult.Instance;
        }
        catch (Exception error) when (!http.Response.HasStarted)
        {
            await ProblemJson.WriteAsync(http, Describe(error, http));
            return EmptyHttpResult.Instance;
        }
    }

    private Problem Describe(Exception error, HttpContext http)
    {
        if (error is OperationCanceledException && lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return ProblemMap.Stopped("The server is stopping; ask again.");
        }

        log.Note(http, error);
        return ProblemMap.Of(error);
    }
}
