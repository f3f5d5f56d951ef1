namespace Reflex.Cluster.Tests.Cluster;

/// <summary>What bytes pass through; while it is closed they wait, as those of a network that is cut.</summary>
internal sealed class Gate
{
    private TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Gate() => _opened.SetResult();

    public bool IsOpen => Volatile.Read(ref _opened).Task.IsCompleted;

    public Task PassAsync() => Volatile.Read(ref _opened).Task;

    public void Close()
    {
        if (IsOpen)
        {
            Volatile.Write(ref _opened, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }
    }

    public void Open() => _opened.TrySetResult();
}
