namespace Reflex.AspNetCore.Limits;

/// <summary>What one request takes of <see cref="ReceivingBudget"/>, until it is disposed. Not thread-safe.</summary>
internal sealed class ReceivingShare(ReceivingBudget budget) : IDisposable
{
    private long _small;
    private long _large;

    public long Bytes => Math.Max(_small, _large);

    /// <summary>Takes as much more as makes it this large; nothing when it is that already.</summary>
    /// <exception cref="ServerBusyException">There was no room in time; what it had it still has.</exception>
    public async ValueTask GrowToAsync(long bytes, CancellationToken cancellationToken)
    {
        if (bytes <= Bytes)
        {
            return;
        }

        if (bytes <= ReceivingBudget.SmallBytes)
        {
            await budget.Small.TakeAsync(bytes - _small, _small, cancellationToken);
            _small = bytes;
            return;
        }

        await budget.Large.TakeAsync(bytes - _large, _large, cancellationToken);
        _large = bytes;
    }

    /// <summary>Gives all of it back; it may grow again.</summary>
    public void Clear()
    {
        if (_small > 0)
        {
            budget.Small.GiveBack(_small);
            _small = 0;
        }

        if (_large > 0)
        {
            budget.Large.GiveBack(_large);
            _large = 0;
        }
    }

    public void Dispose() => Clear();
}
