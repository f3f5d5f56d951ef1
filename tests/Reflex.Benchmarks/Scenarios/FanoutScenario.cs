using System.Diagnostics;
using Reflex.Benchmarks.Load;
using Reflex.Benchmarks.Silo;
using Reflex.Streams;

namespace Reflex.Benchmarks.Scenarios;

/// <remarks>
/// Another process appends single events, as many as it can have in flight, and waits while the slowest consumer is that far
/// behind: so everybody stays at the head, where events come from memory, and a delivery counts only if all others were made.
/// </remarks>
internal sealed class FanoutScenario : IScenario
{
    private const int InFlight = 4096;
    private const int Most = 100;
    private const string Unit = "deliveries/s";

    private static readonly int[] ConsumerCounts = [1, 3, 10, 30, Most];

    public string Name => "fanout";

    public string Description => "deliveries per second to one and to many consumers at the head of one partition";

    public async Task RunAsync(Run run, CancellationToken cancellationToken)
    {
        var streams = ConsumerCounts.Select(count => new StreamPlan($"fanout-{count}", 1, count)).ToList();
        await using var silo = await MeasuredSilo.StartAsync(run.CreateFolder(), new SiloPlan { Streams = streams }, cancellationToken);
        var rates = await Rounds.MeasureAsync(
            run,
            "fanout",
            streams,
            stream => $"{stream.Consumers} consumers",
            (stream, duration) => MeasureAsync(silo, stream, duration, cancellationToken));
        foreach (var (stream, rate) in streams.Zip(rates))
        {
            run.Report.Add("reflex flushed", $"fanout, {stream.Consumers} consumer(s) at the head, every event each", rate, Unit);
        }

        run.Report.AddRatio($"fanout, {Most} consumers at the head", "one consumer", rates[^1], rates[0]);
        run.Plot.Add(Name, "consumers", Unit, ConsumerCounts.Zip(rates, (count, rate) => ((double)count, rate)));
    }

    private static async Task<double> MeasureAsync(
        MeasuredSilo silo, StreamPlan plan, TimeSpan duration, CancellationToken cancellationToken)
    {
        IEventStream stream = silo.Reflex.GetStream(plan.Name);
        var probe = silo.Client.GetGrain<IProbeGrain>(0);
        var head = (await stream.GetStatusAsync(cancellationToken)).Partitions[0].Head.Value;
        var appends = new Task[InFlight];
        var deliveries = new Task[InFlight / Milestones.Interval];
        Array.Fill(appends, Task.CompletedTask);
        Array.Fill(deliveries, Task.CompletedTask);
        var started = Stopwatch.GetTimestamp();
        var milestones = 0L;
        for (; Stopwatch.GetElapsedTime(started) < duration; milestones++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var i = milestones * Milestones.Interval; i < (milestones + 1) * Milestones.Interval; i++)
            {
                await appends[i % InFlight];
                appends[i % InFlight] = stream.AppendAsync(Workload.Event(i), cancellationToken);
            }

            var slot = milestones % deliveries.Length;
            await deliveries[slot];
            deliveries[slot] = probe.WaitForConsumersAsync(plan.Name, head + ((milestones + 1) * Milestones.Interval), plan.Consumers);
        }

        await Task.WhenAll(appends);
        await Task.WhenAll(deliveries);
        return milestones * Milestones.Interval * plan.Consumers / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
