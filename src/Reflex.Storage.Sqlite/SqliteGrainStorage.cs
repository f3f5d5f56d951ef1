using System.Globalization;
using System.Runtime.ExceptionServices;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Storage;

namespace Reflex.Storage.Sqlite;

/// <summary>
/// The embedded grain storage: one SQLite file in the data folder. Writes that arrive while others are committed are committed
/// together, so that many consumers cost one flush.
/// </summary>
/// <remarks>The ETag is a version that every write increases; a write with another version than the stored one changes nothing.</remarks>
internal sealed partial class SqliteGrainStorage(
    IOptions<DataFolderOptions> folder,
    [FromKeyedServices(ReflexStorageNames.GrainStorage)] IGrainStorageSerializer serializer,
    [FromKeyedServices(ReflexClock.Name)] TimeProvider timeProvider,
    ILogger<SqliteGrainStorage> logger) : IGrainStorage, ILocalState, IAsyncDisposable
{
    // Of a file that can't be opened every grain of the silo asks; one try a second is enough for all of them.
    private static readonly TimeSpan ReopenInterval = TimeSpan.FromSeconds(1);

    // A larger file holds something, and needn't be copied at each start to find that out.
    private const int MostOfAnEmptyOne = 1 << 20;

    private readonly Lock _lock = new();
    private SqliteStateFile? _file;
    private ExceptionDispatchInfo? _failure;
    private long _failedAt;
    private bool _disposed;

    private string FilePath => Path.Combine(folder.Value.Path, SqliteDatabase.FileName);

    public string Name => $"the SQLite file {FilePath}";

    public async Task StartAsync(IEventLogProvider logs, CancellationToken cancellationToken)
    {
        var isThere = SqliteDatabase.RequireRegular(FilePath);
        var hasLost = !(isThere && HoldsState())
            && (await logs.ListAsync(stream: null, cancellationToken).ConfigureAwait(false)).Count > 0;
        if (hasLost && isThere)
        {
            throw new StorageRefusedException(SqliteStateVerifier.EmptyBesideLogs(FilePath));
        }

        try
        {
            Opened();
        }
        catch (Exception error) when (error is not StorageRefusedException)
        {
            // It may work when it is needed; if not, that is told then.
            return;
        }

        if (hasLost)
        {
            LogBegunAnew(logger, FilePath);
        }
    }

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var grain = grainId.ToString();
        var stored = Run(stateName, grain, file => file.Read(stateName, grain));
        grainState.RecordExists = stored is not null;
        grainState.ETag = stored?.Version.ToString(CultureInfo.InvariantCulture);
        grainState.State = stored is { } found
            ? serializer.Deserialize<T>(BinaryData.FromBytes(found.Payload))
            : Activator.CreateInstance<T>();
        return Task.CompletedTask;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var payload = serializer.Serialize(grainState.State).ToArray();
        var version = await WriteAsync(stateName, grainId.ToString(), Version(grainState.ETag), payload).ConfigureAwait(false);
        grainState.ETag = version.ToString(CultureInfo.InvariantCulture);
        grainState.RecordExists = true;
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (grainState.ETag is { } etag)
        {
            await WriteAsync(stateName, grainId.ToString(), Version(etag), payload: null).ConfigureAwait(false);
        }

        grainState.ETag = null;
        grainState.RecordExists = false;
        grainState.State = Activator.CreateInstance<T>();
    }

    public IReadOnlyList<StateRecord> List(string state, string grainPrefix) =>
        Run(state, grainPrefix + "*", file => file.ReadAll(state, grainPrefix));

    public ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _disposed = true;
            return _file?.DisposeAsync() ?? ValueTask.CompletedTask;
        }
    }

    private static long Version(string? etag) => etag is null ? 0 : long.Parse(etag, CultureInfo.InvariantCulture);

    /// <summary>Whether the file has its table, as far as can be seen: of one that is damaged, its opening tells more.</summary>
    private bool HoldsState()
    {
        if (new FileInfo(FilePath).Length is var length && (length == 0 || length > MostOfAnEmptyOne))
        {
            return length > 0;
        }

        try
        {
            using var copy = SqliteCopy.TryMake(folder.Value.Path);
            using var connection = copy?.Connect();
            return connection is null || SqliteRecords.HasTable(connection);
        }
        catch (Exception error) when (error is SqliteException or IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    private Task<long> WriteAsync(string state, string grain, long version, byte[]? payload) =>
        Run(state, grain, file => file.WriteAsync(new SqliteWrite(state, grain, version, payload)));

    private T Run<T>(string state, string grain, Func<SqliteStateFile, T> use)
    {
        try
        {
            return use(Opened());
        }
        catch (Exception error)
        {
            throw SqliteErrors.Of(state, grain, error);
        }
    }

    private SqliteStateFile Opened()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_file is not null)
            {
                return _file;
            }

            if (_failure is not null && timeProvider.GetElapsedTime(_failedAt) < ReopenInterval)
            {
                _failure.Throw();
            }

            try
            {
                return _file = SqliteStateFile.Open(FilePath, folder.Value.Access, logger);
            }
            catch (Exception error)
            {
                _failure = ExceptionDispatchInfo.Capture(error);
                _failedAt = timeProvider.GetTimestamp();
                throw;
            }
        }
    }
}
