using System.Globalization;
using Microsoft.Extensions.Options;
using Orleans.Storage;
using Reflex.Storage;

namespace Reflex.Orleans.Storage;

/// <summary>
/// The embedded grain storage: one SQLite file in the data folder. Writes that arrive while others are committed are committed
/// together, so that many consumers cost one flush.
/// </summary>
/// <remarks>The ETag is a version that every write increases; a write with another version than the stored one changes nothing.</remarks>
internal sealed class SqliteGrainStorage : IGrainStorage, IAsyncDisposable
{
    private readonly IGrainStorageSerializer _serializer;
    private readonly Lazy<SqliteStateFile> _file;

    public SqliteGrainStorage(IOptions<DataFolderOptions> folder, IGrainStorageSerializer serializer)
    {
        _serializer = serializer;
        _file = new Lazy<SqliteStateFile>(() => SqliteStateFile.Open(Path.Combine(folder.Value.Path, SqliteStateFile.FileName)));
    }

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var stored = _file.Value.Read(stateName, grainId.ToString());
        grainState.RecordExists = stored is not null;
        grainState.ETag = stored?.Version.ToString(CultureInfo.InvariantCulture);
        grainState.State = stored is { } found
            ? _serializer.Deserialize<T>(BinaryData.FromBytes(found.Payload))
            : Activator.CreateInstance<T>();
        return Task.CompletedTask;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var payload = _serializer.Serialize(grainState.State).ToArray();
        var version = await _file.Value.WriteAsync(new SqliteWrite(stateName, grainId.ToString(), Version(grainState.ETag), payload));
        grainState.ETag = version.ToString(CultureInfo.InvariantCulture);
        grainState.RecordExists = true;
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (grainState.ETag is { } etag)
        {
            await _file.Value.WriteAsync(new SqliteWrite(stateName, grainId.ToString(), Version(etag), Payload: null));
        }

        grainState.ETag = null;
        grainState.RecordExists = false;
        grainState.State = Activator.CreateInstance<T>();
    }

    public ValueTask DisposeAsync() => _file.IsValueCreated ? _file.Value.DisposeAsync() : ValueTask.CompletedTask;

    private static long Version(string? etag) => etag is null ? 0 : long.Parse(etag, CultureInfo.InvariantCulture);
}
