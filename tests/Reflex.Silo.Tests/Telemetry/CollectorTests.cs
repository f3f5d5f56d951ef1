using System.Net;
using System.Text;
using Reflex.Silo.Tests.Support;

namespace Reflex.Silo.Tests.Telemetry;

/// <summary>What the stock silo sends to a collector.</summary>
public sealed class CollectorTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Trace_OfARequestThatAppends_GoesOnToTheHandling()
    {
        await using var collector = await Collector.StartAsync();
        await using var silo = await StartAsync(collector);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/streams/demo/events")
        {
            Content = new StringContent("{\"type\":1,\"foreignId\":\"42\"}", Encoding.UTF8, "application/json"),
            Headers = { { "traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" } },
        };

        using var answer = await silo.Client.SendAsync(request, Token);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var handled = await collector.SpanAsync("0af7651916cd43dd8448eb211c80319c", "reflex.deliver");
        var appended = await collector.SpanAsync(handled.Trace, "reflex.append");
        Assert.Equal(appended.Id, handled.Parent);
        var asked = await collector.SpanAsync(handled.Trace, "POST /streams/{stream}/events");
        Assert.Equal((asked.Id, "b7ad6b7169203331"), (appended.Parent, asked.Parent));

        Assert.Equal(appended.Id, (await collector.SpanAsync(handled.Trace, "reflex.commit")).Parent);

        // The grain that has the partition was called by it.
        await collector.SpanAsync(handled.Trace, "IPartitionGrain/AppendAsync");

        // What the silo does by itself, several times a second, is no trace.
        Assert.All(collector.Spans, span => Assert.Equal(handled.Trace, span.Trace));
    }

    [Fact]
    public async Task Metrics_AndLogs_AreSentToo()
    {
        await using var collector = await Collector.StartAsync();
        await using var silo = await StartAsync(collector);

        await collector.ReceivesAsync("/v1/metrics", "reflex-silo");
        await collector.ReceivesAsync("/v1/logs", "is open at head 0");
    }

    [Fact]
    public async Task WhatIsLeftOut_IsNotSent()
    {
        await using var collector = await Collector.StartAsync();
        await using (var silo = await StartAsync(collector, "OTEL_METRICS_EXPORTER=none", "OTEL_TRACES_EXPORTER=none"))
        {
            await silo.Client.GetAsync("/streams", Token);
            Assert.Equal(0, await silo.Process.TerminateAsync());
        }

        // All that was to be sent was sent at the end.
        Assert.Equal(["/v1/logs"], collector.Paths);
    }

    private static Task<StockSilo> StartAsync(Collector collector, params string[] variables) => StockSilo.StartByAsync(
    [
        "env", $"OTEL_EXPORTER_OTLP_ENDPOINT={collector.Url}", "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf", "OTEL_BSP_SCHEDULE_DELAY=100",
        "OTEL_BLRP_SCHEDULE_DELAY=100", "OTEL_METRIC_EXPORT_INTERVAL=500", .. variables, "dotnet", Running.DllOf("silo"),
    ]);
}
