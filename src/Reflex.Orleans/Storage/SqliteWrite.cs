namespace Reflex.Orleans.Storage;

/// <summary>A write that waits for its commit; no payload deletes.</summary>
internal sealed record SqliteWrite(string State, string Grain, long Version, byte[]? Payload)
{
    private readonly TaskCompletionSource<long> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The new version, once it is committed.</summary>
    public Task<long> Completion => _completion.Task;

    public void Complete(long version) => _completion.TrySetResult(version);

    public void Fail(Exception error) => _completion.TrySetException(error);
}
