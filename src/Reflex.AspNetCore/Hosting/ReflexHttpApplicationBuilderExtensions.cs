using Reflex.AspNetCore.Http.Problems;


namespace Microsoft.AspNetCore.Builder;

/// <summary>Adds Reflex's error answers to an application's pipeline.</summary>
public static class ReflexHttpApplicationBuilderExtensions
{
    /// <summary>
    /// Gives problem details to the answers that would have an error status and no body, such as those to unknown paths and
    /// methods; the endpoints of <c>MapReflexHttp</c> don't need it for their own errors. Place it before what may set such a status.
    /// </summary>
    /// <param name="app">The application whose pipeline gets it.</param>
    /// <returns>The same application.</returns>
    public static IApplicationBuilder UseReflexHttpProblems(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        return app.UseStatusCodePages(status => ProblemJson.WriteAsync(status.HttpContext, EmptyStatus.Describe(status.HttpContext)));
    }
}
