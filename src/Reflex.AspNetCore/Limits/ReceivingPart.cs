namespace Reflex.AspNetCore.Limits;

/// <summary>What one request takes of two budgets, of which the first is for what is small. Not thread-safe.</summary>
internal sealed class ReceivingPart(MemoryBudget forSmall, MemoryBudget forLarge)
{
    private long _small;
    private long _large;

    public long Bytes => Math.Max(_small, _large);

    /// <summary>Takes as much more as makes it this large, if there is room at once.</summary>
    public bool TryGrowTo(long bytes)
    {
        if (bytes <= Bytes)
        {
            return true;
        }

        var isSmall = bytes <= ReceivingBudget.SmallBytes;
        ref var held = ref isSmall ? ref _small : ref _large;
        if (!BudgetOf(isSmall).TryTake(bytes - held, held))
        {
            return false;
        }

        held = bytes;
        return true;
    }

    /// <summary>Takes as much more as makes it this large; nothing when it is that already.</summary>
    /// <exception cref="ServerBusyException">There was no room in time; what it had it still has.</exception>
    public ValueTask GrowToAsync(long bytes, CancellationToken cancellationToken) =>
        TryGrowTo(bytes) ? ValueTask.CompletedTask : WaitAsync(bytes, cancellationToken);

    /// <summary>Takes over all that another one has, which may grow again.</summary>
    public void TakeOver(ReceivingPart other)
    {
        (_small, _large) = (_small + other._small, _large + other._large);
        (other._small, other._large) = (0, 0);
        if (_small > 0 && _small + _large > ReceivingBudget.SmallBytes && forLarge.TryTake(_small, _large))
        {
            // Many small ones are a large one.
            _large += _small;
            forSmall.GiveBack(_small);
            _small = 0;
        }
    }

    /// <summary>Gives back what makes it larger than this.</summary>
    public void ShrinkTo(long bytes)
    {
        if (_small > bytes)
        {
            forSmall.GiveBack(_small - bytes);
            _small = bytes;
        }

        // Up to the size of a small one there is no large part.
        var large = bytes > ReceivingBudget.SmallBytes ? bytes : 0;
        if (_large > large)
        {
            forLarge.GiveBack(_large - large);
            _large = large;
        }
    }

    private MemoryBudget BudgetOf(bool isSmall) => isSmall ? forSmall : forLarge;

    private async ValueTask WaitAsync(long bytes, CancellationToken cancellationToken)
    {
        var isSmall = bytes <= ReceivingBudget.SmallBytes;
        var held = isSmall ? _small : _large;
        await BudgetOf(isSmall).TakeAsync(bytes - held, held, cancellationToken);
        (_small, _large) = isSmall ? (bytes, _large) : (_small, bytes);
    }
}
