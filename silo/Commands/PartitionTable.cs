using System.Text;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Silo.Commands;

/// <summary>What is printed of the logs of a data folder: a line for each partition, and below it one for each finding.</summary>
internal sealed class PartitionTable
{
    private const string Damaged = "DAMAGED";
    private const string Mixed = "MIXED";
    private const int StateColumn = 7;

    private static readonly string[] Titles = ["stream", "partition", "segments", "oldest", "head", "events", "bytes", "state"];

    private readonly List<string[]> _rows = [Titles];
    private readonly Dictionary<PartitionId, string[]> _rowOf = [];
    private readonly List<string> _findings = [];
    private readonly List<string> _notes = [];

    /// <summary>Whether something is damaged.</summary>
    public bool IsDamaged { get; private set; }

    /// <summary>Whether something may be of different moments instead.</summary>
    public bool IsMixed { get; private set; }

    public long Events { get; private set; }

    public long Bytes { get; private set; }

    public int Partitions => _rows.Count - 1;

    public void Add(LogVerification log)
    {
        IsDamaged |= log.IsDamaged && !log.MayBeOfMoments;
        IsMixed |= log.MayBeOfMoments;
        Events += log.Events;
        Bytes += log.Bytes;
        var state = log switch
        {
            { MayBeOfMoments: true } => Mixed,
            { IsDamaged: true } => Damaged,
            { Findings.Count: > 0 } => "repairable",
            _ => "sound",
        };
        string[] row =
        [
            log.Partition.Stream.Value, $"{log.Partition.Index}", $"{log.Segments}", $"{log.Oldest}", $"{log.Head}", $"{log.Events}",
            $"{log.Bytes}", state,
        ];
        _rows.Add(row);
        _rowOf[log.Partition] = row;
        foreach (var finding in log.Findings)
        {
            var kind = finding switch { { IsDamage: false } => "repairable", { MayBeOfMoments: true } => "mixed", _ => "damage" };
            AddFinding($"{kind}: {log.Partition}: {finding.Message}");
        }

        AddNotes(log.Notes);
    }

    public void AddFinding(string line) => _findings.Add(line);

    /// <summary>Adds that a partition's log and something beside it may be of different moments.</summary>
    public void AddMixed(PartitionId partition, string message)
    {
        IsMixed = true;
        if (_rowOf.TryGetValue(partition, out var row) && row[StateColumn] != Damaged)
        {
            row[StateColumn] = Mixed;
        }

        AddFinding($"mixed: {message}");
    }

    public void AddNotes(IEnumerable<string> notes) => _notes.AddRange(notes);

    /// <summary>The whole, with columns as wide as what is in them; names to the left, numbers to the right.</summary>
    public string Text()
    {
        var widths = Titles.Select((_, column) => _rows.Max(row => row[column].Length)).ToArray();
        var text = new StringBuilder();
        foreach (var row in _rows)
        {
            var cells = row.Select((cell, column) =>
                column == 0 || column == StateColumn ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]));
            text.Append(string.Join("  ", cells).TrimEnd()).Append('\n');
        }

        _findings.ForEach(finding => text.Append(finding).Append('\n'));
        _notes.ForEach(note => text.Append("note: ").Append(note).Append('\n'));
        return text.ToString();
    }
}
