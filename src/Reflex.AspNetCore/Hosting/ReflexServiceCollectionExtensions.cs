using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Reflex.AspNetCore.Connections;
using Reflex.AspNetCore.Grpc;
using Reflex.AspNetCore.Http;
using Reflex.AspNetCore.Http.Problems;
using Reflex.AspNetCore.Limits;
using Reflex.AspNetCore.Reading;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds what all of Reflex's endpoints need.</summary>
public static class ReflexServiceCollectionExtensions
{
    /// <summary>Adds what <c>MapReflex</c> needs: <c>AddReflexHttp</c> and <c>AddReflexGrpc</c> in one.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configureHttp">Sets the options of HTTP; null leaves the defaults.</param>
    /// <param name="configureGrpc">Sets the options of gRPC; null leaves the defaults.</param>
    /// <param name="configureServer">Sets the bounds that both share; null leaves the defaults.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddReflexEndpoints(
        this IServiceCollection services,
        Action<ReflexHttpOptions>? configureHttp = null,
        Action<ReflexGrpcOptions>? configureGrpc = null,
        Action<ReflexServerOptions>? configureServer = null) =>
        services.AddReflexHttp(configureHttp).AddReflexGrpc(configureGrpc).AddReflexServer(configureServer);

    /// <summary>
    /// Sets the bounds that HTTP and gRPC share. <c>AddReflexHttp</c> and <c>AddReflexGrpc</c> call it themselves; calling it again only
    /// adds to the options.
    /// </summary>
    /// <remarks>
    /// It switches on <c>System.IO.Compression.UseStrictValidation</c> for the process, unless the application has set that itself: without
    /// it the runtime takes what was packed and cut for whole. Where it is off, or came too late, packed bodies are refused.
    /// </remarks>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Sets the options; null leaves the defaults. Faulty options stop the application's start.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddReflexServer(
        this IServiceCollection services, Action<ReflexServerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        Unpacking.MakeStrict();
        var options = services.AddOptionsWithValidateOnStart<ReflexServerOptions>();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ReflexServerOptions>, ReflexServerOptionsValidator>());
        services.TryAddSingleton<ReceivingBudget>();
        services.TryAddSingleton<ReadingBudget>();
        services.TryAddSingleton<ServerInstruments>();
        services.TryAddSingleton<ClientNames>();
        services.TryAddSingleton<StreamLimit>();
        services.TryAddSingleton<AppendRates>();
        services.TryAddSingleton<StreamAges>();
        services.TryAddSingleton<PeerWatch>();
        services.TryAddSingleton<ConnectionLimit>();
        services.TryAddSingleton(provider => new ConnectionRefusal(
            BusyAnswer.Make(), provider.GetRequiredService<IOptions<ReflexServerOptions>>().Value.TimeProvider));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConnectionListenerFactory, LimitedSockets>());
        return services;
    }
}
