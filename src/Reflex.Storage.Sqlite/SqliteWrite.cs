using Orleans.Storage;

namespace Reflex.Storage.Sqlite;

/// <summary>A write that waits for its commit; no payload deletes.</summary>
internal sealed record SqliteWrite(string State, string Grain, long Version, byte[]? Payload)
{
    private readonly TaskCompletionSource<long> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The new version, once it is committed.</summary>
    public Task<long> Completion => _completion.Task;

    /// <summary>Ends the write that was committed, or that another one was before.</summary>
    public void Complete(InconsistentStateException? conflict)
    {
        if (conflict is null)
        {
            _completion.TrySetResult(Version + 1);
        }
        else
        {
            _completion.TrySetException(conflict);
        }
    }

    public void Fail(Exception error) => _completion.TrySetException(SqliteErrors.Of(State, Grain, error));
}
