using Reflex.Benchmarks.Peers;
using Reflex.Benchmarks.Reporting;

namespace Reflex.Benchmarks.Scenarios;

/// <summary>
/// Measures things in turn, several times, so that what else the machine does at a time hits all of them; the median counts.
/// </summary>
internal static class Rounds
{
    public const int Count = 3;

    /// <summary>A figure of every system, each on a new stream of its own.</summary>
    /// <param name="run">The run.</param>
    /// <param name="name">The figure's name.</param>
    /// <param name="systems">The systems.</param>
    /// <param name="measure">Measures a stream for a time.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<List<(IMeasuredSystem System, double Value)>> MeasureAsync(
        Run run,
        string name,
        IEnumerable<IMeasuredSystem> systems,
        Func<IMeasuredStream, TimeSpan, Task<double>> measure,
        CancellationToken cancellationToken)
    {
        var streams = new List<(IMeasuredSystem System, IMeasuredStream Stream)>();
        foreach (var system in systems)
        {
            streams.Add((system, await system.CreateStreamAsync($"s{Guid.NewGuid():n}", cancellationToken)));
        }

        var values = await MeasureAsync(
            run, name, streams, stream => stream.System.Name, (stream, duration) => measure(stream.Stream, duration));
        return [.. streams.Zip(values, (stream, value) => (stream.System, value))];
    }

    /// <summary>The median of each item's rounds.</summary>
    public static async Task<List<double>> MeasureAsync<T>(
        Run run, string name, IReadOnlyList<T> items, Func<T, string> nameOf, Func<T, TimeSpan, Task<double>> measure)
    {
        var values = items.Select(_ => new List<double>()).ToList();
        for (var round = 0; round < Count; round++)
        {
            for (var i = 0; i < items.Count; i++)
            {
                Report.Progress($"{name}: {nameOf(items[i])}, round {round + 1} of {Count}");

                // What the other items have done in between costs a moment of warming up again.
                await measure(items[i], round == 0 ? run.WarmUp : run.WarmUp / 5);
                values[i].Add(await measure(items[i], run.Duration / Count));
            }
        }

        return [.. values.Select(Median)];
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
