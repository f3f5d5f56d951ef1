using System.Globalization;

namespace Reflex.Benchmarks.Silo;

/// <summary>A stream that a silo defines at its start, and how many consumers follow it: <c>name:partitions:consumers</c>.</summary>
internal sealed record StreamPlan(string Name, int Partitions, int Consumers)
{
    public static StreamPlan Parse(string text) => text.Split(':') is [var name, var partitions, var consumers]
        ? new StreamPlan(name, int.Parse(partitions, CultureInfo.InvariantCulture), int.Parse(consumers, CultureInfo.InvariantCulture))
        : throw new FormatException($"'{text}' is not name:partitions:consumers.");

    public static string ConsumerName(int index) => string.Create(CultureInfo.InvariantCulture, $"follower-{index}");

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name}:{Partitions}:{Consumers}");
}
