using Reflex.Cluster.Tests.Faults;
using Reflex.Cluster.Tests.History;
using Reflex.Events;
using Reflex.Streams;

namespace Reflex.Cluster.Tests.Checking;

/// <summary>Runs for the tests of the checks: a right one, which each test makes wrong in one way.</summary>
internal static class Runs
{
    public const int Events = 10;

    /// <summary>A fault that lasts for the whole run, for those that need one.</summary>
    public static readonly RecordedFault Kill = new(FaultKind.SiloKilled, 0, long.MaxValue);

    /// <summary>One appender, reader and consumer on one partition with ten events, handled 10 ms after one another.</summary>
    public static RecordedRun Right() => new()
    {
        Partitions = 1,
        Answers = [.. Enumerable.Range(1, Events).Select(id => Acknowledged(id, id))],
        Log = Seen(Enumerable.Range(1, Events)),
        Readers = new Dictionary<string, IEnumerable<SeenEvent>> { ["reader"] = Seen(Enumerable.Range(1, Events)) },
        Consumers = Handled([.. Enumerable.Range(1, Events).Select(id => One(life: 0, id))]),
        Moves = [Move(3, at: 35), Move(3, at: 38), Move(Events, at: 200)],
    };

    /// <summary>The answer about the event that is right where its number is <paramref name="number"/>.</summary>
    public static Answer Acknowledged(int number, int id) => new(Name(number), new EventPosition(0, new EventId(id)));

    public static Answer Failed(int number) => new(Name(number), null);

    public static Identity Name(int number) => new(0, number - 1);

    public static List<SeenEvent> Seen(IEnumerable<int> ids) => [.. ids.Select(id => new SeenEvent(0, id, Name(id)))];

    public static Dictionary<string, IEnumerable<HandledEvent>> Handled(params HandledEvent[] handled) =>
        new() { ["consumer"] = handled };

    /// <summary>A handled event, at 10 ms for each id unless it is told when.</summary>
    public static HandledEvent One(int life, int id, int? at = null) => new(life, 0, id, (at ?? (id * 10)) * 1000L);

    public static StoredMove Move(int id, int at) => new("consumer", 0, id, at * 1000L);
}
