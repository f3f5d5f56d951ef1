using Reflex.Storage;
using Reflex.Storage.FileLog;
using Reflex.Storage.Sqlite;

namespace Reflex.Copying.Places;

/// <summary>A data folder that no silo uses: its logs, and the database of cursors beside them.</summary>
internal sealed class FolderSource(StoppedDataFolder folder) : ICopySource
{
    public string Place => $"the data folder {folder.Path}";

    public IEventLogProvider Logs { get; } = folder.OpenLogs();

    public static FolderSource Open(string path)
    {
        var folder = StoppedDataFolder.Hold(path);
        try
        {
            return new FolderSource(folder);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    public async Task<IReadOnlyList<StateRecord>?> ReadStateAsync(CancellationToken cancellationToken)
    {
        var hasLogs = (await Logs.ListAsync(stream: null, cancellationToken).ConfigureAwait(false)).Count > 0;
        return await Task.Run(() => Read(folder.Path, hasLogs), cancellationToken).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Reads the database of a folder that nobody uses; null when there is none.</summary>
    public static IReadOnlyList<StateRecord>? Read(string path, bool hasLogs) =>
        SqliteStateVerifier.Verify<IReadOnlyList<StateRecord>>(path, records => [.. records], hasLogs);
}
