using Npgsql;
using Reflex.Events;
using Reflex.Streams;

namespace Reflex.Storage.Postgres.Logs;

/// <summary>What a partition's row says; SCHEMA.md describes its columns. Times are ticks since 1970.</summary>
internal sealed record LogRow(
    long Key,
    string Stream,
    int Partition,
    long Epoch,
    long Head,
    long HeadEpoch,
    long HeadAppendedAt,
    long Oldest,
    long Bytes,
    long TrimmedAt,
    long SeenHead,
    long SeenAt,
    bool MayImport)
{
    public const string Columns =
        "id, stream, partition, epoch, head, head_epoch, head_appended_at, oldest, bytes, trimmed_at, seen_head, seen_at, may_import";

    public LogBounds Bounds => new(new EventId(Oldest), new EventId(Head), Bytes, HeadEpoch, Ticks.ToTime(HeadAppendedAt));

    /// <summary>What is left of the log, if it is deleted.</summary>
    public DeletedLog ToDeleted() => new(
        new PartitionId(StreamName.Parse(Stream), Partition),
        new LogStart(new EventId(Head), HeadEpoch, Ticks.ToTime(HeadAppendedAt), Epoch));

    public static LogRow Read(NpgsqlDataReader reader) => new(
        reader.GetInt64(0),
        reader.GetString(1),
        reader.GetInt32(2),
        reader.GetInt64(3),
        reader.GetInt64(4),
        reader.GetInt64(5),
        reader.GetInt64(6),
        reader.GetInt64(7),
        reader.GetInt64(8),
        reader.GetInt64(9),
        reader.GetInt64(10),
        reader.GetInt64(11),
        reader.GetBoolean(12));
}
