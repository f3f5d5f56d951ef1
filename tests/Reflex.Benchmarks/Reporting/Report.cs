using System.Globalization;
using System.Text.Json;

namespace Reflex.Benchmarks.Reporting;

/// <summary>Prints figures as they are measured, a line each, and keeps them for the JSON file.</summary>
internal sealed class Report
{
    public const string Ours = "reflex";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly List<Figure> _figures = [];

    /// <summary>Prints a figure: system, figure, value, unit.</summary>
    public void Add(string system, string name, double value, string unit)
    {
        var figure = new Figure(system, name, Math.Round(value, value < 100 ? 2 : 0), unit);
        _figures.Add(figure);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{figure.System,-24} {figure.Name,-58} {figure.Value,14:#,0.##} {figure.Unit}"));
    }

    /// <summary>Prints p50, p99 and the largest of some latencies.</summary>
    public void AddLatencies(string system, string name, IReadOnlyCollection<TimeSpan> latencies)
    {
        var sorted = latencies.Order().ToArray();
        Add(system, $"{name}, p50", At(0.5), "us");
        Add(system, $"{name}, p99", At(0.99), "us");
        Add(system, $"{name}, max", At(1), "us");

        double At(double share) => sorted[Math.Min((int)(sorted.Length * share), sorted.Length - 1)].TotalMicroseconds;
    }

    /// <summary>Says something beside the figures.</summary>
    public static void Note(string text) => Console.WriteLine($"# {text}");

    public Task WriteAsync(string file, CancellationToken cancellationToken) =>
        File.WriteAllTextAsync(file, JsonSerializer.Serialize(_figures, Json), cancellationToken);
}
