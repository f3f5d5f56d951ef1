using System.Text;
using Reflex.Storage;

namespace Reflex.Silo.Verifying;

/// <summary>What a verification prints: a line for each partition, and below it one for each finding.</summary>
internal sealed class VerifyTable
{
    private static readonly string[] Titles = ["stream", "partition", "segments", "oldest", "head", "events", "bytes", "state"];

    private readonly List<string[]> _rows = [Titles];
    private readonly List<string> _findings = [];

    public bool IsDamaged { get; private set; }

    public long Events { get; private set; }

    public long Bytes { get; private set; }

    public int Partitions => _rows.Count - 1;

    public void Add(LogVerification partition)
    {
        IsDamaged |= partition.IsDamaged;
        Events += partition.Events;
        Bytes += partition.Bytes;
        var state = partition.IsDamaged ? "DAMAGED" : partition.Findings.Count > 0 ? "repairable" : "sound";
        _rows.Add(
        [
            partition.Partition.Stream.Value, $"{partition.Partition.Index}", $"{partition.Segments}", $"{partition.Oldest}",
            $"{partition.Head}", $"{partition.Events}", $"{partition.Bytes}", state,
        ]);
        foreach (var finding in partition.Findings)
        {
            _findings.Add($"{(finding.IsDamage ? "damage" : "repairable")}: {partition.Partition}: {finding.Message}");
        }
    }

    /// <summary>The whole, with columns as wide as what is in them; names to the left, numbers to the right.</summary>
    public string Text()
    {
        var widths = Titles.Select((_, column) => _rows.Max(row => row[column].Length)).ToArray();
        var text = new StringBuilder();
        foreach (var row in _rows)
        {
            var cells = row.Select((cell, column) =>
                column == 0 || column == Titles.Length - 1 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]));
            text.Append(string.Join("  ", cells).TrimEnd()).Append('\n');
        }

        _findings.ForEach(finding => text.Append(finding).Append('\n'));
        return text.ToString();
    }
}
