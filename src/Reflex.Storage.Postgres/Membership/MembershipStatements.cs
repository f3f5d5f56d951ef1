namespace Reflex.Storage.Postgres.Membership;

/// <summary>The statements of the membership. SCHEMA.md says why each is right.</summary>
/// <param name="schema">The schema's name, which needs no quotes.</param>
internal sealed class MembershipStatements(string schema)
{
    /// <summary>The service that the schema belongs to, which is $1 where it had none.</summary>
    public string Service { get; } =
        $"""
        with made as (
            insert into {schema}.clusters (cluster_id, version)
            select 'service:' || $1::text, 0 where not exists (select from {schema}.clusters where cluster_id like 'service:%')
            on conflict do nothing
            returning cluster_id
        ), found as (
            select cluster_id from made union all select cluster_id from {schema}.clusters where cluster_id like 'service:%'
        )
        select coalesce(substr(min(cluster_id), 9), $1) from found
        """;

    /// <summary>
    /// A silo of another cluster than $1 that isn't dead, $2 the status of the dead, and was alive since $3. Answers its cluster, address
    /// and when it was alive.
    /// </summary>
    public string LivingElsewhere { get; } =
        $"""
        select cluster_id, address, alive_at from {schema}.silos
        where cluster_id <> $1 and status <> $2 and alive_at > $3 order by alive_at desc limit 1
        """;

    /// <summary>Makes a cluster's row: $1 cluster.</summary>
    public string Begin { get; } =
        $"insert into {schema}.clusters (cluster_id, version) values ($1, 0) on conflict do nothing returning version";

    /// <summary>
    /// A cluster's version with its silos at the same moment: $1 cluster, $2 a silo, or null for all. Answers the version, and with it a
    /// silo's ETag, entry and when it was alive, or nulls when there is none; and the time.
    /// </summary>
    public string Read { get; } =
        $"""
        select c.version, s.etag, s.entry::text, s.alive_at, clock_timestamp()
        from {schema}.clusters c
        left join {schema}.silos s on s.cluster_id = c.cluster_id and ($2::text is null or s.address = $2)
        where c.cluster_id = $1
        """;

    /// <summary>
    /// Adds a silo: $1 cluster, $2 the version before, $3 silo, $4 status, $5 entry, $6 alive at. Answers the new version, or nothing when
    /// the version is another or the silo is there.
    /// </summary>
    public string Insert { get; } =
        $"""
        with next as (
            update {schema}.clusters set version = version + 1
            where cluster_id = $1 and version = $2
                and not exists (select from {schema}.silos where cluster_id = $1 and address = $3)
            returning version
        )
        insert into {schema}.silos (cluster_id, address, etag, status, entry, alive_at)
        select $1, $3, version, $4, $5::jsonb, least($6, clock_timestamp()) from next
        returning etag
        """;

    /// <summary>
    /// Changes a silo: $1 to $6 as above, $7 its ETag before. Answers the new version, or nothing when the version or the ETag is another.
    /// </summary>
    public string Update { get; } =
        $"""
        with next as (
            update {schema}.clusters set version = version + 1
            where cluster_id = $1 and version = $2
                and exists (select from {schema}.silos where cluster_id = $1 and address = $3 and etag = $7)
            returning version
        )
        update {schema}.silos s set etag = next.version, status = $4, entry = $5::jsonb,
            alive_at = least(greatest(s.alive_at, $6), clock_timestamp())
        from next
        where s.cluster_id = $1 and s.address = $3
        returning s.etag
        """;

    /// <summary>Says that a silo is alive: $1 cluster, $2 silo, $3 when.</summary>
    public string Alive { get; } =
        $"update {schema}.silos set alive_at = least($3, clock_timestamp()) where cluster_id = $1 and address = $2 returning etag";

    /// <summary>Removes silos that are dead since before $3: $1 cluster, $2 the status of the dead.</summary>
    public string Sweep { get; } =
        $"""
        delete from {schema}.silos
        where cluster_id = $1 and status = $2 and alive_at < $3 and (entry ->> 'startTime')::timestamptz < $3
            and not exists (
                select from jsonb_array_elements(entry -> 'suspicions') one where (one ->> 'at')::timestamptz >= $3)
        returning etag
        """;

    /// <summary>Removes a cluster: $1.</summary>
    public string Delete { get; } =
        $"""
        with gone as (delete from {schema}.silos where cluster_id = $1)
        delete from {schema}.clusters where cluster_id = $1 returning version
        """;

    /// <summary>
    /// The silo of any cluster that was alive last: $1 the status of the dead, $2 for how many seconds one counts as living without a sign.
    /// Answers its cluster, its address and how many seconds ago that was.
    /// </summary>
    public string Living { get; } =
        $"""
        select cluster_id, address, extract(epoch from now() - alive_at)::float8 from {schema}.silos
        where status <> $1 and alive_at > now() - make_interval(secs => $2) order by alive_at desc limit 1
        """;

    /// <summary>The entries of a cluster's silos of a status: $1 cluster, $2 status.</summary>
    public string OfStatus { get; } = $"select entry::text from {schema}.silos where cluster_id = $1 and status = $2";
}
