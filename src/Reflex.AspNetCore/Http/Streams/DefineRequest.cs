using Reflex.AspNetCore.Http.Problems;
using Reflex.Cursors;
using Reflex.Streams;

namespace Reflex.AspNetCore.Http.Streams;

/// <summary>
/// The body of a definition; an absent one defines one partition that keeps its events forever. Without a retention, a stream that there is
/// keeps the one that it has.
/// </summary>
internal sealed record DefineRequest(int Partitions = 1, RetentionJson? Retention = null)
{
    public const string Example = """{"partitions":4,"retention":{"maxAge":"7.00:00:00","maxBytes":1073741824}}""";

    public StreamDefinition ToDefinition(StreamName name) => Partitions is >= 1 and <= Cursor.MaxPartitions
        ? new StreamDefinition(name, Partitions, Retention?.ToRetention()) { KeepsStoredRetention = Retention is null }
        : throw ProblemException.Malformed($"'partitions' is {Partitions}; it must be from 1 to {Cursor.MaxPartitions}.");
}
