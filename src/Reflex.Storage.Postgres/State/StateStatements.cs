namespace Reflex.Storage.Postgres.State;

/// <summary>The statements of the grains' state. SCHEMA.md says why each is right.</summary>
/// <param name="schema">The schema's name, which needs no quotes.</param>
internal sealed class StateStatements(string schema)
{
    /// <summary>One record: $1 grain, $2 state. Answers version and payload.</summary>
    public string Read { get; } = $"select version, payload from {schema}.state where grain = $1 and state = $2";

    /// <summary>
    /// Writes different records: $1 grains, $2 states, $3 the versions that were read, $4 payloads, null to remove. Answers grain, state
    /// and version of each that was written; of the others the stored version is another.
    /// </summary>
    public string Write { get; } =
        $"""
        with wanted as (
            select * from unnest($1::text[], $2::text[], $3::bigint[], $4::bytea[]) as w (grain, state, version, payload)
        ), updated as (
            update {schema}.state s set payload = w.payload, version = {Version(schema)}
            from wanted w
            where s.grain = w.grain and s.state = w.state and s.version = w.version and w.payload is not null
            returning s.grain, s.state, s.version
        ), inserted as (
            insert into {schema}.state (grain, state, version, payload)
            select grain, state, {Version(schema)}, payload from wanted where version = 0 and payload is not null
            on conflict do nothing
            returning grain, state, version
        ), removed as (
            delete from {schema}.state s using wanted w
            where s.grain = w.grain and s.state = w.state and s.version = w.version and w.payload is null
            returning s.grain, s.state, s.version
        )
        select * from updated union all select * from inserted union all select * from removed
        """;

    /// <summary>All records but the mark of a copy: $1 its grain. Answers grain, state and payload.</summary>
    public string List { get; } = $"select grain, state, payload from {schema}.state where grain <> $1 order by grain, state";

    /// <summary>Adds records that aren't there: $1 grains, $2 states, $3 payloads.</summary>
    public string Add { get; } =
        $"""
        insert into {schema}.state (grain, state, version, payload)
        select grain, state, {Version(schema)}, payload from unnest($1::text[], $2::text[], $3::bytea[]) as w (grain, state, payload)
        """;

    /// <summary>Marks the schema as an unfinished copy where it holds nothing: $1 grain, $2 state, $3 payload.</summary>
    public string Mark { get; } =
        $"""
        insert into {schema}.state (grain, state, version, payload)
        select $1, $2, {Version(schema)}, $3
        where not exists (select from {schema}.partitions) and not exists (select from {schema}.state)
        on conflict do nothing
        returning version
        """;

    /// <summary>The mark of a copy: $1 grain, $2 state.</summary>
    public string FindMark { get; } = $"select payload from {schema}.state where grain = $1 and state = $2";

    /// <summary>Takes the mark away: $1 grain, $2 state.</summary>
    public string Unmark { get; } = $"delete from {schema}.state where grain = $1 and state = $2";

    // Random bits below the counter: a copy that was restored draws other versions than what was lost with the original.
    private static string Version(string schema) => $"(nextval('{schema}.state_versions') << 20) + floor(random() * 1048576)::bigint";
}
