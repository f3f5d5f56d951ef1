namespace Reflex.Storage.Postgres.Logs;

/// <summary>The statements of the logs. SCHEMA.md says why each is right.</summary>
/// <param name="schema">The schema's name, which needs no quotes.</param>
internal sealed class LogStatements(string schema)
{
    /// <summary>
    /// Takes the next epoch of each partition, making those that are new: $1 streams, $2 partitions, $3 an epoch for a new one each,
    /// whose lower bits are random. Answers rows.
    /// </summary>
    public string Open { get; } =
        $"""
        insert into {schema}.partitions as p (stream, partition, epoch)
        select * from unnest($1::text[], $2::int[], $3::bigint[])
        on conflict (stream, partition) do update set epoch = ((p.epoch >> 32) << 32) + excluded.epoch, is_deleted = false
        returning {LogRow.Columns}
        """;

    /// <summary>
    /// Who holds a log's row: $1 stream, $2 partition. Answers process, program, and whether it was ended: a session of this program and
    /// role that holds the row while it waits for its client, for a second and more.
    /// </summary>
    public string Holder { get; } =
        $"""
        select a.pid, coalesce(a.application_name, ''),
            case when a.application_name = current_setting('application_name') and a.usename = current_user
                and a.wait_event_type = 'Client' and a.state_change < clock_timestamp() - interval '1 second'
            then pg_terminate_backend(a.pid) else false end
        from {schema}.partitions p
        join pg_locks l on l.locktype = 'transactionid' and l.transactionid = p.xmax and l.granted and l.mode = 'ExclusiveLock'
        join pg_stat_activity a on a.pid = l.pid
        where p.stream = $1 and p.partition = $2
        """;

    /// <summary>
    /// Appends to several logs: for each, $1 key, $2 epoch, $3 head, $4 new head, $5 its epoch, $6 its time, $7 bytes, $8 whether the
    /// events are the owner's own; for each row of events, $9 key, $10 last event, $11 its time, $12 batches. Answers the keys of the logs
    /// that were appended to; of the others the owner was replaced.
    /// </summary>
    public string Append { get; } =
        $"""
        with appended as (
            update {schema}.partitions p
            set head = a.last, head_epoch = a.head_epoch, head_appended_at = a.appended_at, bytes = p.bytes + a.bytes,
                may_import = p.may_import and not a.is_own
            from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::boolean[])
                as a (id, epoch, head, last, head_epoch, appended_at, bytes, is_own)
            where p.id = a.id and p.epoch = a.epoch and p.head = a.head
            returning p.id
        ), stored as (
            insert into {schema}.batches (partition, last, appended_at, bytes)
            select b.* from unnest($9::bigint[], $10::bigint[], $11::bigint[], $12::bytea[]) as b (partition, last, appended_at, bytes)
            join appended on appended.id = b.partition
        )
        select id from appended
        """;

    /// <summary>Who owns logs: $1 keys. Answers key, epoch and head of each that there is, and nothing of a standby.</summary>
    public string Owners { get; } =
        $"select id, epoch, head from {schema}.partitions where id = any($1) and not pg_is_in_recovery()";

    /// <summary>A page: $1 key, $2 the event after which it begins, $3 the last one that may be read, $4 rows, $5 bytes.</summary>
    public string Read { get; } =
        $"""
        select length, bytes
        from (
            select octet_length(bytes) as length, bytes,
                sum(octet_length(bytes)) over (order by last rows between unbounded preceding and current row) as until
            from (
                select last, bytes from {schema}.batches where partition = $1 and last > $2 and last <= $3 order by last limit $4
            ) found
        ) page
        where until <= $5 or until = length
        """;

    /// <summary>One log's row: $1 stream, $2 partition. Answers none where there is no log.</summary>
    public string Look { get; } =
        $"select {LogRow.Columns} from {schema}.partitions where stream = $1 and partition = $2 and not is_deleted";

    /// <summary>One log's row by $1 key, whether it is deleted or not.</summary>
    public string LookAgain { get; } = $"select {LogRow.Columns} from {schema}.partitions where id = $1";

    /// <summary>
    /// Makes a log begin: $1 stream, $2 partition, $3 an epoch for a new one, above $4; $4 the greatest that was imported, $5 the event
    /// before its first, $6 that one's epoch, $7 its time, $8 random bits. Answers a row, or none where the log has had events of its own.
    /// </summary>
    public string Begin { get; } =
        $"""
        insert into {schema}.partitions as p (stream, partition, epoch, head, head_epoch, head_appended_at, oldest)
        values ($1, $2, $3, $5, $6, $7, $5 + 1)
        on conflict (stream, partition) do update set
            epoch = (((greatest(p.epoch, $4) >> 32) + 1) << 32) + $8,
            head = case when p.oldest > p.head then excluded.head else p.head end,
            head_epoch = case when p.oldest > p.head then excluded.head_epoch else p.head_epoch end,
            head_appended_at = case when p.oldest > p.head then excluded.head_appended_at else p.head_appended_at end,
            oldest = case when p.oldest > p.head then excluded.oldest else p.oldest end,
            is_deleted = false
        where p.may_import
        returning {LogRow.Columns}
        """;

    /// <summary>The oldest rows of events: $1 key, $2 the event before the oldest one, $3 rows. Answers last, time, bytes.</summary>
    public string OldestRows { get; } =
        $"select last, appended_at, octet_length(bytes) from {schema}.batches where partition = $1 and last > $2 order by last limit $3";

    /// <summary>The first believable time after $2 in a log $1: one from $3 to $4.</summary>
    public string TimeAfter { get; } =
        $"""
        select appended_at from {schema}.batches
        where partition = $1 and last > $2 and appended_at between $3 and $4 order by last limit 1
        """;

    /// <summary>
    /// Moves a log's oldest event: $1 key, $2 epoch, $3 the oldest one, $4 bytes that are gone, $5 the time before it, $6 and $7 what was
    /// seen, $8 the oldest one before. Answers its key, or nothing when the owner was replaced, or an earlier call came late.
    /// </summary>
    public string MoveOldest { get; } =
        $"""
        update {schema}.partitions set oldest = $3, bytes = bytes - $4, trimmed_at = $5, seen_head = $6, seen_at = $7
        where id = $1 and epoch = $2 and oldest = $8 returning id
        """;

    /// <summary>Removes some rows that nobody needs: $1 key, $2 rows, $3 the last one that is gone. Answers the last of each.</summary>
    public string Sweep { get; } =
        $"""
        delete from {schema}.batches b using (
            select last from {schema}.batches
            where partition = $1 and last > $3 and last < (select oldest from {schema}.partitions where id = $1) order by last limit $2
        ) old where b.partition = $1 and b.last = old.last returning b.last
        """;

    /// <summary>
    /// Deletes a log: $1 stream, $2 partition, $3 the greatest epoch that may be its owner's, $4 random bits. Answers the key.
    /// </summary>
    public string Delete { get; } =
        $"""
        update {schema}.partitions set
            epoch = (((epoch >> 32) + 1) << 32) + $4, oldest = head + 1, bytes = 0, is_deleted = true,
            may_import = may_import and oldest > head
        where stream = $1 and partition = $2 and epoch <= $3 and not is_deleted returning id
        """;

    /// <summary>Key and epoch of a log, and whether it is deleted: $1 stream, $2 partition.</summary>
    public string Epoch { get; } =
        $"select id, epoch, is_deleted from {schema}.partitions where stream = $1 and partition = $2";

    /// <summary>The logs of $1, a stream, or of all when that is null.</summary>
    public string List { get; } =
        $"select stream, partition from {schema}.partitions where not is_deleted and ($1::text is null or stream = $1)";

    /// <summary>The rows of the logs that are deleted.</summary>
    public string ListDeleted { get; } = $"select {LogRow.Columns} from {schema}.partitions where is_deleted";
}
