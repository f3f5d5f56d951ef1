namespace Reflex.Orleans.Tests.Support;

/// <summary>A place where code under test waits until the test lets it go on.</summary>
internal sealed class Gate
{
    private readonly TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when somebody waits at the gate.</summary>
    public Task Arrived => _arrived.Task;

    public void Arrive() => _arrived.TrySetResult();

    public void Open() => _opened.TrySetResult();

    public Task PassAsync()
    {
        Arrive();
        return _opened.Task;
    }
}
