using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using Reflex.Storage.Postgres.Database;

namespace Reflex.Storage.Postgres.State;

/// <summary>Cursors and stream definitions in PostgreSQL: an Orleans grain storage.</summary>
/// <remarks>
/// The ETag is a version that is never given twice, also after a record was removed: a write with another one than the stored one's changes
/// nothing.
/// </remarks>
internal sealed class PostgresGrainStorage : IGrainStorage
{
    private readonly PostgresDatabase _database;
    private readonly IGrainStorageSerializer _serializer;
    private readonly StateStatements _statements;
    private readonly StateWriter _writer;

    public PostgresGrainStorage(
        PostgresDatabase database, [FromKeyedServices(ReflexStorageNames.GrainStorage)] IGrainStorageSerializer serializer)
    {
        _database = database;
        _serializer = serializer;
        _statements = new StateStatements(database.Schema);
        _writer = new StateWriter(database, _statements);
    }

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var grain = grainId.ToString();
        List<(long Version, byte[] Payload)> rows;
        try
        {
            rows = await _database.QueryAsync(
                _statements.Read,
                reader => (reader.GetInt64(0), reader.GetFieldValue<byte[]>(1)),
                CancellationToken.None,
                PostgresDatabase.Value(grain),
                PostgresDatabase.Value(stateName)).ConfigureAwait(false);
        }
        catch (Exception error) when (PostgresErrors.IsDatabase(error))
        {
            throw PostgresErrors.ToStateFailure(stateName, grain, error);
        }

        grainState.RecordExists = rows.Count > 0;
        grainState.ETag = rows is [var (version, _)] ? version.ToString(CultureInfo.InvariantCulture) : null;
        grainState.State = rows is [var (_, payload)]
            ? _serializer.Deserialize<T>(BinaryData.FromBytes(payload))
            : Activator.CreateInstance<T>();
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var payload = _serializer.Serialize(grainState.State).ToArray();
        var version = await WriteAsync(stateName, grainId.ToString(), grainState.ETag, payload).ConfigureAwait(false);
        grainState.ETag = version.ToString(CultureInfo.InvariantCulture);
        grainState.RecordExists = true;
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (grainState.ETag is not null)
        {
            await WriteAsync(stateName, grainId.ToString(), grainState.ETag, payload: null).ConfigureAwait(false);
        }

        grainState.ETag = null;
        grainState.RecordExists = false;
        grainState.State = Activator.CreateInstance<T>();
    }

    private async Task<long> WriteAsync(string state, string grain, string? etag, byte[]? payload)
    {
        var known = etag is null ? 0 : long.Parse(etag, CultureInfo.InvariantCulture);
        return await _writer.WriteAsync(new StateWrite(state, grain, known, payload)).ConfigureAwait(false)
            ?? throw new InconsistentStateException(
                $"The state '{state}' of {grain} was written by another activation since version {known} was read.",
                storedEtag: "another",
                currentEtag: known.ToString(CultureInfo.InvariantCulture));
    }
}
