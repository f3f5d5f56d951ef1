namespace Reflex.AspNetCore.Limits;

/// <summary>What one request takes of <see cref="ReceivingBudget"/>, until it is disposed. Not thread-safe.</summary>
internal sealed class ReceivingShare(ReceivingBudget budget) : IDisposable
{
    private readonly ReceivingPart _bytes = new(budget.Small, budget.Large);
    private readonly ReceivingPart _events = new(budget.Small, budget.Events);

    /// <summary>How large it is, events aside.</summary>
    public long Bytes => _bytes.Bytes;

    /// <summary>Takes as much more as makes it this large; nothing when it is that already.</summary>
    /// <exception cref="ServerBusyException">There was no room in time; what it had it still has.</exception>
    public ValueTask GrowToAsync(long bytes, CancellationToken cancellationToken) => _bytes.GrowToAsync(bytes, cancellationToken);

    /// <summary>Takes room for so many events, if there is any at once; nothing when it has that already.</summary>
    public bool TryGrowToEvents(int events) => _events.TryGrowTo(BytesOf(events));

    /// <summary>Takes room for so many events; nothing when it has that already.</summary>
    /// <exception cref="ServerBusyException">There was no room in time; what it had it still has.</exception>
    public ValueTask GrowToEventsAsync(int events, CancellationToken cancellationToken) =>
        _events.GrowToAsync(BytesOf(events), cancellationToken);

    /// <summary>Gives back what makes it larger than this, events aside.</summary>
    public void ShrinkTo(long bytes) => _bytes.ShrinkTo(bytes);

    /// <summary>Takes over all that another one has, which may grow again.</summary>
    public void TakeOver(ReceivingShare other)
    {
        _bytes.TakeOver(other._bytes);
        _events.TakeOver(other._events);
    }

    /// <summary>Gives all of it back; it may grow again.</summary>
    public void Clear()
    {
        _bytes.ShrinkTo(0);
        _events.ShrinkTo(0);
    }

    public void Dispose() => Clear();

    private static long BytesOf(int events) => (long)events * ReceivingBudget.EventBytes;
}
