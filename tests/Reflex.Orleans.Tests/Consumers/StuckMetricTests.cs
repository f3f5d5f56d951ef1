using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Reflex.Consumers;
using Reflex.Diagnostics;
using Reflex.Orleans.Tests.Support;
using EventId = Reflex.Events.EventId;
using static Reflex.Orleans.Tests.Support.ConsumerSilo;

namespace Reflex.Orleans.Tests.Consumers;

/// <summary>The metric that says of a consumer that it can't get past an event: an alert rings by it.</summary>
public sealed class StuckMetricTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly Seen _seen = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Consumer_ThatIsSkippedPastItsLastEvent_IsStuckNoMore()
    {
        await using var silo = await StartStuckAsync();

        await Control(silo).SkipAsync(0, new EventId(1), Token);

        Assert.Equal(0, Stuck(silo));
    }

    [Fact]
    public async Task Consumer_ThatHandlesItsEventAtLast_IsStuckNoMore()
    {
        await using var silo = await StartStuckAsync();

        _seen.Before = (_, _) => Task.CompletedTask;
        await Control(silo).RetryAsync(Token);
        await _seen.ReachesAsync(1);

        await Asking.UntilAsync(() => Task.FromResult(Stuck(silo)), stuck => stuck == 0);
    }

    [Fact]
    public async Task Consumer_ThatIsStopped_IsStuckNoMore()
    {
        await using var silo = await StartStuckAsync();

        await Control(silo).StopAsync(Token);

        Assert.Equal(0, Stuck(silo));
    }

    private static double Stuck(TestSilo silo)
    {
        using var stuck = new MetricCollector<double>(
            silo.Services.GetRequiredService<IMeterFactory>(), ReflexDiagnostics.MeterName, "reflex.consumer.stuck");
        stuck.RecordObservableInstruments();
        return stuck.GetMeasurementSnapshot().Sum(one => one.Value);
    }

    private async Task<TestSilo> StartStuckAsync()
    {
        _seen.Before = (_, _) => throw new InvalidOperationException("broken");
        var silo = await StartAsync(_seen, options: o => o.RetryBackoff = new() { Initial = Hour, Longest = Hour });
        await AppendAsync(silo, 1);
        await Asking.UntilAsync(() => Control(silo).GetStatusAsync(Token), status => status.State == ConsumerState.Stuck);
        Assert.Equal(1, Stuck(silo));
        return silo;
    }
}
