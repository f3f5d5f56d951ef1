using Orleans.Storage;

namespace Reflex.Storage.Sqlite;

/// <summary>A write that waits for its commit; no payload deletes.</summary>
internal sealed record SqliteWrite(string State, string Grain, long Version, byte[]? Payload)
{
    private readonly TaskCompletionSource<long> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The version that it will have. One that begins anew doesn't count from 1: a late write to the record that was there before
    /// it must not match.</summary>
    public long Next { get; } = Version == 0 ? DrawFirstVersion() : Version + 1;

    /// <summary>The new version, once it is committed.</summary>
    public Task<long> Completion => _completion.Task;

    public static long DrawFirstVersion() => Random.Shared.NextInt64(1, 1L << 48);

    /// <summary>Ends the write that was committed, or that another one was before.</summary>
    public void Complete(InconsistentStateException? conflict)
    {
        if (conflict is null)
        {
            _completion.TrySetResult(Next);
        }
        else
        {
            _completion.TrySetException(conflict);
        }
    }

    public void Fail(Exception error) => _completion.TrySetException(SqliteErrors.Of(State, Grain, error));
}
