using Grpc.AspNetCore.Server;
using Grpc.AspNetCore.Server.Model;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Reflex.AspNetCore.Grpc;
using Reflex.AspNetCore.Grpc.Services;
using Reflex.AspNetCore.Hosting;
using Reflex.AspNetCore.Http.Health;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds what Reflex's gRPC services need.</summary>
public static class ReflexGrpcServiceCollectionExtensions
{
    /// <summary>
    /// Adds what <c>MapReflexGrpc</c> and <see cref="StreamServer"/> need, and the health check of <c>AddReflexHttp</c>. The
    /// application itself brings the <see cref="Reflex.IReflexClient"/>, as <c>AddReflex</c> on a silo or a client does. Calling it
    /// again only adds to the options. The application's own gRPC services keep their own options.
    /// </summary>
    /// <remarks>
    /// It changes the server's limits: streams in a connection, pings of silent connections (unless set), and no least pace at which
    /// clients read, since a slow consumer is no broken one.
    /// </remarks>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Sets the options; null leaves the defaults. Faulty options stop the application's start.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddReflexGrpc(this IServiceCollection services, Action<ReflexGrpcOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = services.AddOptionsWithValidateOnStart<ReflexGrpcOptions>();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        if (services.Any(service => service.ServiceType == typeof(CallErrors)))
        {
            return services;
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ReflexGrpcOptions>, ReflexGrpcOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<KestrelServerOptions>, KestrelLimits>());
        services.AddReflexServer();
        services.AddReflexAccess();
        services.AddReflexOrigins();
        services.AddSingleton<CallErrors>();
        services.AddGrpc();
        AddService<StreamsService, StreamsMethods>(services);
        AddService<ConsumersService, ConsumersMethods>(services);
        AddService<CursorsService, CursorsMethods>(services);
        AddService<ReflexpbService, ReflexpbMethods>(services);
        services.AddGrpcReflection();
        services.AddReflexReadyCheck();
        services.AddGrpcHealthChecks(health => health.Services.Map("", check => check.Tags.Contains(HealthEndpoints.ReadyTag)));
        return services;
    }

    /// <summary>Adds the health check that HTTP and gRPC share; once, however often it is called.</summary>
    internal static void AddReflexReadyCheck(this IServiceCollection services)
    {
        if (!services.Any(service => service.ServiceType == typeof(ReadyCheck)))
        {
            services.AddTransient<ReadyCheck>();
            services.AddHealthChecks().AddCheck<ReadyCheck>(ReadyCheck.Name, tags: [HealthEndpoints.ReadyTag]);
        }
    }

    private static void AddService<TService, TMethods>(IServiceCollection services)
        where TService : class
        where TMethods : class, IServiceMethodProvider<TService>
    {
        services.AddSingleton<TService>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IServiceMethodProvider<TService>, TMethods>());
        services.AddOptions<GrpcServiceOptions<TService>>().Configure<IOptions<ReflexGrpcOptions>>(
            (service, options) => service.MaxReceiveMessageSize = options.Value.MaxMessageBytes);
    }
}
