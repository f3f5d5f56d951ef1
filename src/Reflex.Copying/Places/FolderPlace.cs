using Reflex.Storage.FileLog;
using Reflex.Storage.FileLog.Copying;

namespace Reflex.Copying.Places;

/// <summary>A data folder.</summary>
internal sealed record FolderPlace(string Folder) : StoragePlace
{
    internal override Task<ICopySource> OpenSourceAsync(CancellationToken cancellationToken) =>
        Task.Run<ICopySource>(() => FolderSource.Open(Folder), cancellationToken);

    internal override Task<ICopySource> OpenRunningAsync(CancellationToken cancellationToken) =>
        Task.Run<ICopySource>(() => new RunningFolder(RunningDataFolder.Look(Folder)), cancellationToken);

    internal override Task<bool> IsInUseAsync(CancellationToken cancellationToken) =>
        Task.Run(() => RunningDataFolder.IsInUse(Folder), cancellationToken);

    internal override Task<ICopyTarget> OpenTargetAsync(CancellationToken cancellationToken) => Task.Run<ICopyTarget>(
        () => DataFolderTarget.IsDataFolder(Folder)
            ? new FinishedTarget(FolderSource.Open(Folder))
            : new FolderTarget(DataFolderTarget.Begin(Folder)),
        cancellationToken);
}
