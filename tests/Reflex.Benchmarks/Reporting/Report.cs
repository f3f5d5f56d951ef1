using System.Globalization;
using System.Text.Json;
using Reflex.Benchmarks.Peers;

namespace Reflex.Benchmarks.Reporting;

/// <summary>Prints figures as they are measured, a line each, and keeps them for the JSON file.</summary>
internal sealed class Report
{
    public const string EventsPerSecond = "events/s";

    private const string Ratio = "ratio";
    private const string ClearLine = "\r\e[K";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly List<Figure> _figures = [];

    /// <summary>The latency that a share of all latencies doesn't pass.</summary>
    public static TimeSpan At(List<TimeSpan> latencies, double share)
    {
        latencies.Sort();
        return latencies[Math.Min((int)(latencies.Count * share), latencies.Count - 1)];
    }

    /// <summary>Says something beside the figures.</summary>
    public static void Note(string text)
    {
        Progress("");
        Console.WriteLine($"# {text}");
    }

    /// <summary>Says what is missing in the figures, and why.</summary>
    public static void LeaveOut(string what, string why) => Note($"left out: {what}; {why}");

    /// <summary>Says what is going on, to somebody who watches.</summary>
    public static void Progress(string text)
    {
        if (!Console.IsErrorRedirected)
        {
            Console.Error.Write(ClearLine + text);
        }
    }

    /// <summary>Prints a figure: system, figure, value, unit.</summary>
    public void Add(string system, string name, double value, string unit)
    {
        Progress("");
        var figure = new Figure(system, name, Math.Round(value, value < 100 ? 2 : 0), unit);
        _figures.Add(figure);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{figure.System,-24} {figure.Name,-76} {figure.Value,14:#,0.##} {figure.Unit}"));
    }

    /// <summary>Prints p50, p99 and the largest of some latencies.</summary>
    public void AddLatencies(string system, string name, List<TimeSpan> latencies)
    {
        Add(system, $"{name}, p50", At(latencies, 0.5).TotalMicroseconds, "us");
        Add(system, $"{name}, p99", At(latencies, 0.99).TotalMicroseconds, "us");
        Add(system, $"{name}, max", At(latencies, 1).TotalMicroseconds, "us");
    }

    /// <summary>Prints the rate of each system, and how ours compare.</summary>
    public void AddRates(string name, IReadOnlyList<(IMeasuredSystem System, double Value)> results, bool isAnyPromiseEqual = false)
    {
        foreach (var (system, rate) in results)
        {
            Add(system.Name, name, rate, EventsPerSecond);
        }

        AddRatios(name, results, isMoreBetter: true, isAnyPromiseEqual);
    }

    /// <summary>Prints how long it takes in each system, and how ours compare: less is better.</summary>
    public void AddTimes(string name, IReadOnlyList<(IMeasuredSystem System, TimeSpan Time)> results)
    {
        foreach (var (system, time) in results)
        {
            Add(system.Name, name, time.TotalMicroseconds, "us");
        }

        AddRatios(name, [.. results.Select(result => (result.System, result.Time.TotalMicroseconds))], isMoreBetter: false);
    }

    /// <summary>Prints one figure as a multiple of another.</summary>
    public void AddRatio(string name, string other, double ours, double theirs) => Add(Ratio, $"{name}, to {other}", ours / theirs, "x");

    /// <summary>Prints our figures as multiples of each peer's, and of the best peer's where there are several.</summary>
    /// <param name="name">The figure.</param>
    /// <param name="results">The systems and their figures.</param>
    /// <param name="isMoreBetter">Which peer is the best.</param>
    /// <param name="isAnyPromiseEqual">Whether systems are compared that don't promise the same, as for reading.</param>
    public void AddRatios(
        string name, IReadOnlyList<(IMeasuredSystem System, double Value)> results, bool isMoreBetter, bool isAnyPromiseEqual = false)
    {
        foreach (var (ours, value) in results.Where(result => result.System.IsOurs))
        {
            var peers = results
                .Where(peer => !peer.System.IsOurs && (isAnyPromiseEqual || peer.System.IsFlushed == ours.IsFlushed))
                .ToList();
            foreach (var (peer, theirs) in peers)
            {
                AddRatio(name, peer.Name, value, theirs);
            }

            if (peers.Count > 1)
            {
                AddRatio(name, "the best of these", value, isMoreBetter ? peers.Max(peer => peer.Value) : peers.Min(peer => peer.Value));
            }
        }
    }

    public Task WriteAsync(string file, CancellationToken cancellationToken) =>
        File.WriteAllTextAsync(file, JsonSerializer.Serialize(_figures, Json), cancellationToken);
}
