using Reflex.AspNetCore;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds what all of Reflex's endpoints need.</summary>
public static class ReflexServiceCollectionExtensions
{
    /// <summary>Adds what <c>MapReflex</c> needs: <c>AddReflexHttp</c> and <c>AddReflexGrpc</c> in one.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configureHttp">Sets the options of HTTP; null leaves the defaults.</param>
    /// <param name="configureGrpc">Sets the options of gRPC; null leaves the defaults.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddReflexEndpoints(
        this IServiceCollection services,
        Action<ReflexHttpOptions>? configureHttp = null,
        Action<ReflexGrpcOptions>? configureGrpc = null) =>
        services.AddReflexHttp(configureHttp).AddReflexGrpc(configureGrpc);
}
