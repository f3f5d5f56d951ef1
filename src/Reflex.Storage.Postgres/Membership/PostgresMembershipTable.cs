using System.Globalization;
using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.Configuration;
using Reflex.Storage.Postgres.Database;
using Reflex.Storage.Postgres.Schema;
using Reflex.Storage.Postgres.State;

namespace Reflex.Storage.Postgres.Membership;

/// <summary>Orleans' membership in PostgreSQL.</summary>
/// <remarks>Every change is one statement that carries the version and the ETag that were read, and nothing when they are others.</remarks>
/// <param name="database">Where it is stored.</param>
/// <param name="cluster">Which cluster's membership it is.</param>
/// <param name="clock">The clock of the membership, which every reading compares.</param>
/// <param name="local">The silo that uses it; null where none does.</param>
internal sealed class PostgresMembershipTable(
    PostgresDatabase database, IOptions<ClusterOptions> cluster, MembershipClock clock, ILocalSiloDetails? local = null) : IMembershipTable
{
    // Orleans numbers the silos of an address by the seconds since then.
    private static readonly DateTime FirstGeneration = new(2022, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    // Clocks of one network are nearer to one another.
    private static readonly TimeSpan Unimportant = TimeSpan.FromSeconds(10);

    private readonly MembershipStatements _statements = new(database.Schema);

    private string ClusterId => cluster.Value.ClusterId;

    public async Task InitializeMembershipTable(bool tryInitTableVersion)
    {
        await PostgresSchema.PrepareAsync(database, CancellationToken.None).ConfigureAwait(false);
        await CopyMark.RequireNoneAsync(database, CancellationToken.None).ConfigureAwait(false);
        await database.ChangeAsync(
            _statements.Begin, reader => reader.GetInt32(0), CancellationToken.None, PostgresDatabase.Value(ClusterId))
            .ConfigureAwait(false);

        // Of no silo: before this one enters itself, the clocks are compared.
        await ReadAsync(address: "").ConfigureAwait(false);
    }

    public Task DeleteMembershipTableEntries(string clusterId) => database.ChangeAsync(
        _statements.Delete, reader => reader.GetInt32(0), CancellationToken.None, PostgresDatabase.Value(clusterId));

    public Task CleanupDefunctSiloEntries(DateTimeOffset beforeDate) => database.ChangeAsync(
        _statements.Sweep,
        reader => reader.GetInt32(0),
        CancellationToken.None,
        PostgresDatabase.Value(ClusterId),
        PostgresDatabase.Value((int)SiloStatus.Dead),
        PostgresDatabase.Value(beforeDate.UtcDateTime));

    public Task<MembershipTableData> ReadRow(SiloAddress key) => ReadAsync(key.ToParsableString());

    public Task<MembershipTableData> ReadAll() => ReadAsync(address: null);

    public Task<bool> InsertRow(MembershipEntry entry, TableVersion tableVersion)
    {
        ArgumentNullException.ThrowIfNull(entry);

        // A silo enters itself, and took this time before the clocks were compared.
        entry.StartTime -= clock.Ahead;
        return ChangeAsync(_statements.Insert, entry, tableVersion);
    }

    public Task<bool> UpdateRow(MembershipEntry entry, string etag, TableVersion tableVersion) => ChangeAsync(
        _statements.Update, entry, tableVersion, PostgresDatabase.Value(int.Parse(etag, CultureInfo.InvariantCulture)));

    public Task UpdateIAmAlive(MembershipEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return database.ChangeAsync(
            _statements.Alive,
            reader => reader.GetInt32(0),
            CancellationToken.None,
            PostgresDatabase.Value(ClusterId),
            PostgresDatabase.Value(entry.SiloAddress.ToParsableString()),
            PostgresDatabase.Value(Utc(entry.IAmAliveTime)));
    }

    /// <summary>Orleans hands over the next version with the ETag of the one that it read.</summary>
    private static int Before(TableVersion next) => int.Parse(next.VersionEtag, CultureInfo.InvariantCulture);

    private static DateTime Utc(DateTime time) => DateTime.SpecifyKind(time, DateTimeKind.Utc);

    /// <summary>Changes a silo's row; answers false, and changed nothing, when something has changed since it was read.</summary>
    private async Task<bool> ChangeAsync(string statement, MembershipEntry entry, TableVersion next, params NpgsqlParameter[] more)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var rows = await database.ChangeAsync(
            statement,
            reader => reader.GetInt32(0),
            CancellationToken.None,
            [
                PostgresDatabase.Value(ClusterId),
                PostgresDatabase.Value(Before(next)),
                PostgresDatabase.Value(entry.SiloAddress.ToParsableString()),
                PostgresDatabase.Value((int)entry.Status),
                PostgresDatabase.Value(StoredSilo.Write(entry)),
                PostgresDatabase.Value(Utc(entry.IAmAliveTime)),
                .. more,
            ]).ConfigureAwait(false);
        return rows.Count == 1;
    }

    private async Task<MembershipTableData> ReadAsync(string? address)
    {
        var asked = clock.OwnNow;
        var rows = await database.QueryAsync(
            _statements.Read,
            reader => (
                Version: reader.GetInt32(0),
                Silo: reader.IsDBNull(1) ? null : StoredSilo.Read(reader.GetString(2)),
                ETag: reader.IsDBNull(1) ? "" : reader.GetInt32(1).ToString(CultureInfo.InvariantCulture),
                AliveAt: reader.IsDBNull(1) ? default : reader.GetDateTime(3),
                Time: reader.GetDateTime(4)),
            CancellationToken.None,
            PostgresDatabase.Value(ClusterId),
            PostgresDatabase.Value(address!)).ConfigureAwait(false);
        if (rows.Count > 0)
        {
            clock.Compare(asked, clock.OwnNow, rows[0].Time);
        }

        var version = rows.Count > 0 ? rows[0].Version : 0;
        return new MembershipTableData(
            [
                .. rows.Where(row => row.Silo is not null)
                    .Select(row => (Entry: row.Silo!.ToEntry(row.AliveAt), row.ETag, row.Time))
                    .Where(row => !IsLeftByAWrongClock(row.Entry, row.Time))
                    .Select(row => Tuple.Create(row.Entry, row.ETag)),
            ],
            new TableVersion(version, version.ToString(CultureInfo.InvariantCulture)));
    }

    /// <summary>
    /// Whether a silo is dead whose clock was ahead when it started. To Orleans those that start at its address would be older ones, and
    /// dead, until their clocks have come so far.
    /// </summary>
    private bool IsLeftByAWrongClock(MembershipEntry entry, DateTime now) =>
        entry.Status == SiloStatus.Dead
        && !entry.SiloAddress.Equals(local?.SiloAddress)
        && FirstGeneration.AddSeconds(entry.SiloAddress.Generation) > now + Unimportant;
}
