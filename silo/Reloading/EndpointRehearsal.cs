using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Reflex.AspNetCore.Access;
using Reflex.Silo.Configuration;
using Reflex.Silo.Running;

namespace Reflex.Silo.Reloading;

/// <summary>Tries endpoints with a server that listens nowhere, so that the one that serves is told only of what it can serve.</summary>
internal sealed class EndpointRehearsal(IHostEnvironment environment, IOptions<ReflexAccessOptions> access)
{
    /// <summary>Why the server couldn't serve them; null when it could.</summary>
    /// <param name="settings">What it would read, as below the <c>Kestrel</c> section.</param>
    /// <param name="cancellationToken">Ends the trial.</param>
    public async Task<string?> FindFaultAsync(IReadOnlyDictionary<string, string?> settings, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions
        {
            ApplicationName = environment.ApplicationName,
            ContentRootPath = environment.ContentRootPath,
            EnvironmentName = environment.EnvironmentName,
        });
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            AccessConfiguration.GuardEndpoints(kestrel, access.Value);
            kestrel.Configure(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        });
        builder.Services.RemoveAll<IConnectionListenerFactory>().AddSingleton<IConnectionListenerFactory, TrialListeners>();
        await using var server = builder.Build();
        server.Run(_ => Task.CompletedTask);
        try
        {
            await server.StartAsync(cancellationToken);
            await server.StopAsync(cancellationToken);
            return null;
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            return StartFailure.Explain(error);
        }
    }
}
