using Reflex.Storage;
using Reflex.Storage.FileLog;

namespace Reflex.Copying.Places;

/// <summary>The logs of a data folder beside the silo that uses it.</summary>
internal sealed class RunningFolder(RunningDataFolder folder) : ICopySource
{
    public string Place => $"the data folder {folder.Path}";

    public IEventLogProvider Logs => folder.Logs;

    public Task<IReadOnlyList<StateRecord>?> ReadStateAsync(CancellationToken cancellationToken) =>
        throw new InvalidOperationException("The state changes as long as a silo runs: it is read when that has stopped.");

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
