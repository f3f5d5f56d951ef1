using System.Globalization;
using System.Text;
using Reflex.Cluster.Tests.History;
using Reflex.Cluster.Tests.Load;

namespace Reflex.Cluster.Tests;

/// <summary>What a run was like, as a table.</summary>
internal sealed class Summary
{
    private readonly List<(RecordedFault Fault, ProgressTimes Times, int Failed)> _faults = [];

    public IReadOnlyList<RecordedFault> Faults => [.. _faults.Select(one => one.Fault)];

    /// <summary>Takes a fault that is over.</summary>
    /// <param name="fault">The fault.</param>
    /// <param name="times">How long it took until all went on.</param>
    /// <param name="failed">How many appends failed meanwhile.</param>
    public void Add(RecordedFault fault, ProgressTimes times, int failed) => _faults.Add((fault, times, failed));

    /// <summary>The table: a line for each kind of fault.</summary>
    /// <param name="repeats">When consumers handled events again.</param>
    public string Write(IReadOnlyList<long> repeats)
    {
        var text = new StringBuilder();
        text.AppendLine(
            $"{"",-22} {"",6} {"failed",7} {"",8}  {"all go on, s",-20}  {"appends, s",-20}  {"readers, s",-20}  consumers, s");
        text.AppendLine(
            $"{"fault",-22} {"number",6} {"appends",7} {"repeats",8}  {Heads(),-20}  {Heads(),-20}  {Heads(),-20}  {Heads()}");
        foreach (var kind in _faults.GroupBy(one => one.Fault.Kind).OrderBy(kind => kind.Key))
        {
            var again = repeats.Count(at => kind.Any(one => one.Fault.Began <= at && at <= one.Fault.Settled));
            text.AppendLine(
                $"{kind.Key,-22} {kind.Count(),6} {kind.Sum(one => one.Failed),7} {again,8}  "
                + $"{Spread(kind.Select(one => one.Times.All)),-20}  {Spread(kind.Select(one => one.Times.Appends)),-20}  "
                + $"{Spread(kind.Select(one => one.Times.Reads)),-20}  {Spread(kind.Select(one => one.Times.Consumers))}");
        }

        return text.ToString();
    }

    private static string Heads() => $"{"p50",6} {"p99",6} {"max",6}";

    private static string Spread(IEnumerable<TimeSpan> times)
    {
        var sorted = times.Order().Select(time => time.TotalSeconds).ToList();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{sorted[sorted.Count / 2],6:F2} {sorted[sorted.Count * 99 / 100],6:F2} {sorted[^1],6:F2}");
    }
}
