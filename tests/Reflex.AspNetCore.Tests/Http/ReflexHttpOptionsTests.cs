using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Reflex.AspNetCore.Http;
using Reflex.AspNetCore.Tests.Support;

namespace Reflex.AspNetCore.Tests.Http;

public sealed class ReflexHttpOptionsTests(Cluster cluster)
{
    private const string Origin = "it must be an origin such as https://app.example.com, without a path, and can't be all.";
    private const string HostName = "it must be a name such as events.example.com or *.example.com, without a port, and can't be all.";

    [Fact]
    public async Task Start_FaultyOptions_NamesEveryFault()
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => HttpServer.StartAsync(cluster.Client, options =>
        {
            options.MaxBodyBytes = 0;
            options.MaxEventJsonBytes = -1;
            options.MaxEventsPerBody = 0;
            options.KeepAliveInterval = TimeSpan.Zero;
            options.ReadyTimeout = TimeSpan.FromMinutes(2);
            options.MaxFailedPartitions = -1;
            options.MaxStuckConsumers = -1;
            options.StuckAfter = TimeSpan.FromSeconds(-1);
            options.SlowStorage = TimeSpan.Zero;
            options.AllowedOrigins.Add("*");
            options.AllowedOrigins.Add("https://app.example.com/");
            options.AllowedHosts.Add("*");
            options.AllowedHosts.Add("events.example.com:8080");
            options.TimeProvider = null!;
        }));

        Assert.Equal(
            [
                "ReflexHttpOptions.MaxBodyBytes is 0; it must be greater than zero.",
                "ReflexHttpOptions.MaxEventJsonBytes is -1; it must be greater than zero.",
                "ReflexHttpOptions.MaxEventsPerBody is 0; it must be greater than zero.",
                "ReflexHttpOptions.KeepAliveInterval is 00:00:00; it must be from 00:00:00.0010000 to 01:00:00.",
                "ReflexHttpOptions.ReadyTimeout is 00:02:00; it must be from 00:00:00.0010000 to 00:01:00.",
                "ReflexHttpOptions.MaxFailedPartitions is -1; it must not be negative.",
                "ReflexHttpOptions.MaxStuckConsumers is -1; it must not be negative.",
                "ReflexHttpOptions.StuckAfter is -00:00:01; it must be from 00:00:00 to 1.00:00:00.",
                "ReflexHttpOptions.SlowStorage is 00:00:00; it must be from 00:00:00.0010000 to 01:00:00.",
                $"ReflexHttpOptions.AllowedOrigins has '*'; {Origin}",
                $"ReflexHttpOptions.AllowedOrigins has 'https://app.example.com/'; {Origin}",
                $"ReflexHttpOptions.AllowedHosts has '*'; {HostName}",
                $"ReflexHttpOptions.AllowedHosts has 'events.example.com:8080'; {HostName}",
                "ReflexHttpOptions.TimeProvider is null; it must be set.",
            ],
            error.Failures);
    }

    [Fact]
    public void AddReflexHttp_Twice_AddsOneHealthCheck()
    {
        using var services = new ServiceCollection()
            .AddLogging()
            .AddReflexHttp()
            .AddReflexHttp(options => options.MaxEventsPerBody = 7)
            .BuildServiceProvider();

        Assert.Single(services.GetRequiredService<IOptions<HealthCheckServiceOptions>>().Value.Registrations);
        Assert.Equal(7, services.GetRequiredService<IOptions<ReflexHttpOptions>>().Value.MaxEventsPerBody);
    }
}
