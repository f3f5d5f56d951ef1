using System.Globalization;
using System.Text.Json.Nodes;
using Reflex.Storage;
using Reflex.Streams;
using Spectre.Console;

namespace Reflex.Verifying;

/// <summary>What is printed of the logs of a data folder: a line for each partition, below them one for each finding and note.</summary>
public sealed class FolderReport
{
    private const string Sound = "sound";
    private const string Repairable = "repairable";
    private const string Mixed = "MIXED";
    private const string Damaged = "DAMAGED";

    // Below it there is no table to speak of, and what says so may not know the terminal.
    private const int LeastWidth = 40;

    private static readonly string[] Titles = ["stream", "partition", "segments", "oldest", "head", "events", "bytes", "state"];

    private readonly List<LogVerification> _logs = [];
    private readonly Dictionary<PartitionId, string> _states = [];
    private readonly List<(string Kind, PartitionId? Partition, string Message)> _findings = [];
    private readonly List<string> _notes = [];

    /// <summary>Whether something is damaged.</summary>
    public bool IsDamaged { get; private set; }

    /// <summary>Whether something may be of different moments instead.</summary>
    public bool IsMixed { get; private set; }

    /// <summary>How many undamaged events there are.</summary>
    public long Events => _logs.Sum(log => log.Events);

    /// <summary>What the logs take, in bytes.</summary>
    public long Bytes => _logs.Sum(log => log.Bytes);

    /// <summary>How many logs there are.</summary>
    public int Partitions => _logs.Count;

    /// <summary>Adds a log, with its findings and notes.</summary>
    /// <param name="log">What was found of it.</param>
    public void Add(LogVerification log)
    {
        ArgumentNullException.ThrowIfNull(log);
        IsDamaged |= log.IsDamaged && !log.MayBeOfMoments;
        IsMixed |= log.MayBeOfMoments;
        _logs.Add(log);
        _states[log.Partition] = log switch
        {
            { MayBeOfMoments: true } => Mixed,
            { IsDamaged: true } => Damaged,
            { Findings.Count: > 0 } => Repairable,
            _ => Sound,
        };
        foreach (var finding in log.Findings)
        {
            var kind = finding switch { { IsDamage: false } => "repairable", { MayBeOfMoments: true } => "mixed", _ => "damage" };
            _findings.Add((kind, log.Partition, finding.Message));
        }

        AddNotes(log.Notes);
    }

    /// <summary>Adds damage of what isn't a log.</summary>
    /// <param name="message">A sentence.</param>
    public void AddDamage(string message)
    {
        IsDamaged = true;
        _findings.Add(("damage", null, message));
    }

    /// <summary>Adds that a partition's log and something beside it may be of different moments.</summary>
    /// <param name="partition">The partition, whose log was added before, if there is one.</param>
    /// <param name="message">A sentence, which names the partition.</param>
    public void AddMixed(PartitionId partition, string message)
    {
        IsMixed = true;
        if (_states.TryGetValue(partition, out var state) && state != Damaged)
        {
            _states[partition] = Mixed;
        }

        _findings.Add(("mixed", null, message));
    }

    /// <summary>Adds what is no fault.</summary>
    /// <param name="notes">A sentence each.</param>
    public void AddNotes(IEnumerable<string> notes) => _notes.AddRange(notes);

    /// <summary>All of it for people: a table, with columns as wide as what is in them, the findings and the notes.</summary>
    /// <param name="width">How many characters a line of the table may have.</param>
    /// <returns>Lines, in which there may be text of others.</returns>
    public IEnumerable<string> Lines(int width) =>
    [
        .. TableLines(width),
        .. _findings.Select(finding => finding.Partition is { } partition
            ? $"{finding.Kind}: {partition}: {finding.Message}"
            : $"{finding.Kind}: {finding.Message}"),
        .. _notes.Select(note => $"note: {note}"),
    ];

    /// <summary>All of it for programs.</summary>
    /// <returns>Three lists of objects: <c>logs</c>, <c>findings</c> and <c>notes</c>.</returns>
    public JsonObject ToJson() => new()
    {
        ["logs"] = new JsonArray([.. _logs.Select(log => new JsonObject
        {
            ["stream"] = log.Partition.Stream.Value,
            ["partition"] = log.Partition.Index,
            ["segments"] = log.Segments,
            ["oldest"] = log.Oldest.Value,
            ["head"] = log.Head.Value,
            ["events"] = log.Events,
            ["bytes"] = log.Bytes,
            ["state"] = _states[log.Partition],
        })]),
        ["findings"] = new JsonArray([.. _findings.Select(finding => new JsonObject
        {
            ["kind"] = finding.Kind,
            ["partition"] = finding.Partition?.ToString(),
            ["finding"] = finding.Message,
        })]),
        ["notes"] = new JsonArray([.. _notes.Select(note => JsonValue.Create(note))]),
    };

    private IEnumerable<string> TableLines(int width)
    {
        var table = new Table { Border = TableBorder.Simple };
        foreach (var title in Titles)
        {
            var isText = title is "stream" or "state";
            table.AddColumn(new TableColumn(title) { Alignment = isText ? Justify.Left : Justify.Right, NoWrap = true });
        }

        foreach (var log in _logs)
        {
            object[] cells =
            [
                log.Partition.Stream, log.Partition.Index, log.Segments, log.Oldest, log.Head, log.Events, log.Bytes,
                _states[log.Partition],
            ];
            table.AddRow([.. cells.Select(cell => Markup.Escape(string.Create(CultureInfo.InvariantCulture, $"{cell}")))]);
        }

        using var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(text), Ansi = AnsiSupport.No, Interactive = InteractionSupport.No,
        });
        console.Profile.Width = Math.Max(width, LeastWidth);
        console.Write(table);

        // The first column has spaces before it, and the table an empty line at both ends.
        return text.ToString().Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0);
    }
}
