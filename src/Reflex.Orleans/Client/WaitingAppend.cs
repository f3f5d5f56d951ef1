namespace Reflex.Orleans.Client;

/// <summary>An append that waits for room in a group.</summary>
internal sealed class WaitingAppend(EncodedAppend append)
{
    private readonly TaskCompletionSource<(AppendGroup Group, int Index)> _placed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public EncodedAppend Append { get; } = append;

    public Task<(AppendGroup Group, int Index)> Placed => _placed.Task;

    public void Place(AppendGroup group, int index) => _placed.TrySetResult((group, index));
}
