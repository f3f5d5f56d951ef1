using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Reflex.AspNetCore.Http;
using Reflex.AspNetCore.Http.Health;
using Reflex.AspNetCore.Http.Origins;
using Reflex.AspNetCore.Http.Problems;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds what Reflex's HTTP endpoints need.</summary>
public static class ReflexHttpServiceCollectionExtensions
{
    /// <summary>
    /// Adds what <c>MapReflexHttp</c> needs, and a health check named <c>reflex</c>, tagged <c>ready</c>. The application itself
    /// brings the <see cref="Reflex.IReflexClient"/>, as <c>AddReflex</c> on a silo or a client does. Calling it again only adds
    /// to the options.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Sets the options; null leaves the defaults. Faulty options stop the application's start.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddReflexHttp(this IServiceCollection services, Action<ReflexHttpOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = services.AddOptionsWithValidateOnStart<ReflexHttpOptions>();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ReflexHttpOptions>, ReflexHttpOptionsValidator>());
        services.TryAddSingleton<ProblemLog>();
        services.AddRequestDecompression();
        services.AddReflexServer();
        services.AddReflexReadyCheck();
        services.TryAddTransient<Problems>();
        services.AddReflexOrigins();
        return services.AddReflexAccess();
    }

    /// <summary>Adds what tells requests of pages of others from those of programs.</summary>
    internal static void AddReflexOrigins(this IServiceCollection services)
    {
        services.AddCors();
        services.TryAddSingleton<OriginGuard>();
    }
}
