namespace Reflex.Orleans.Client;

/// <summary>An append that waits for room in a group.</summary>
internal sealed class WaitingAppend(EncodedAppend append)
{
    // Its batch's header, its tasks and its caller's: of appends of small events they are the most.
    private const int Overhead = 512;

    private readonly TaskCompletionSource _placed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public EncodedAppend Append { get; } = append;

    /// <summary>About the memory that it takes.</summary>
    public long Bytes => Append.Bytes + Overhead;

    /// <summary>Ends when it has its place.</summary>
    public Task Placed => _placed.Task;

    /// <summary>The group that it was placed in; null while it waits.</summary>
    public AppendGroup? Group { get; private set; }

    /// <summary>Its first event's index there.</summary>
    public int Index { get; private set; }

    public void Place(AppendGroup group)
    {
        Index = group.Add(Append);
        Group = group;
        _placed.TrySetResult();
    }
}
