using System.Diagnostics.Metrics;
using System.Net;
using Grpc.Health.V1;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Reflex.AspNetCore.Limits;
using Reflex.AspNetCore.Tests.Access;
using Reflex.AspNetCore.Tests.Support;
using Reflex.Diagnostics;
using Reflex.Tests.Shared;
using HealthClient = Grpc.Health.V1.Health.HealthClient;

namespace Reflex.AspNetCore.Tests.Limits;

public sealed class ServerInstrumentsTests(Cluster cluster)
{
    // Dashboards and alerts are built on these: a change breaks them.
    private static readonly string[] Published =
    [
        "reflex.server.appends.refused {append} Counter", "reflex.server.streams {stream} UpDownCounter",
        "reflex.server.streams.refused {stream} Counter",
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Create_Instruments_HavePublishedNamesAndUnitsAndDescriptions()
    {
        var found = TestMeters.Published(meters => new ServerInstruments(meters));
        Assert.Equal(Published, found.Select(i => $"{i.Name} {i.Unit} {i.GetType().Name.Split('`')[0]}").Order(StringComparer.Ordinal));
        Assert.All(found, instrument => Assert.NotEmpty(instrument.Description!));
    }

    [Fact]
    public async Task Stream_OverHttp_IsCountedWhileItIsOpenAndWhenItIsRefused()
    {
        var stream = await cluster.NewStreamAsync();
        await using var server = await Callers.StartAsync(
            cluster.Client,
            access => access.WithKey("orders", Callers.Key).WithPolicy("key:orders", "*", "stream"),
            http => http.MaxStreamsPerClient = 1);
        using var open = Collect(server.Services, "reflex.server.streams");
        using var refused = Collect(server.Services, "reflex.server.streams.refused");
        using (await server.AskAsync("GET", $"/streams/{stream}/events", Callers.Key))
        {
            Assert.Equal([("http", 1)], Of(open));
            using var second = await server.AskAsync("GET", $"/streams/{stream}/events", Callers.Key);
            Assert.Equal(HttpStatusCode.TooManyRequests, second.StatusCode);
        }

        await open.WaitForMeasurementsAsync(2, Token);
        Assert.Equal([("http", 1), ("http", -1)], Of(open));
        Assert.Equal([("http", 1)], Of(refused));
    }

    [Fact]
    public async Task Stream_OverGrpc_IsCountedWhileItIsOpen()
    {
        await using var server = await GrpcServer.StartAsync(cluster.Client);
        using var open = Collect(server.Services, "reflex.server.streams");
        using (var watch = new HealthClient(server.Invoker).Watch(new HealthCheckRequest(), cancellationToken: Token))
        {
            Assert.True(await watch.ResponseStream.MoveNext(Token));
            Assert.Equal([("grpc", 1)], Of(open));
        }

        await open.WaitForMeasurementsAsync(2, Token);
        Assert.Equal([("grpc", 1), ("grpc", -1)], Of(open));
    }

    private static MetricCollector<long> Collect(IServiceProvider services, string name) =>
        new(services.GetRequiredService<IMeterFactory>(), ReflexDiagnostics.MeterName, name);

    private static IEnumerable<(string, long)> Of(MetricCollector<long> collector) =>
        collector.GetMeasurementSnapshot().Select(measured => ((string)measured.Tags["transport"]!, measured.Value));
}
