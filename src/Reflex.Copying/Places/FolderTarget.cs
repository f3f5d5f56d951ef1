using Reflex.Storage;
using Reflex.Storage.FileLog.Copying;
using Reflex.Storage.Sqlite;

namespace Reflex.Copying.Places;

/// <summary>A data folder that is made, or goes on to be.</summary>
internal sealed class FolderTarget(DataFolderTarget folder) : ICopyTarget
{
    public string Place => $"the data folder {folder.Path}";

    public IEventLogProvider Logs => folder.Logs;

    public bool IsFinished => false;

    public Task<IReadOnlyList<StateRecord>?> ReadStateAsync(CancellationToken cancellationToken) =>
        Task.Run(() => FolderSource.Read(folder.Path, hasLogs: false), cancellationToken);

    public Task FinishAsync(IReadOnlyList<StateRecord> records, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            SqliteStateCopy.Store(folder.Path, records);
            folder.Finish();
        },
        cancellationToken);

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
