namespace Reflex.Orleans.Pages;

/// <summary>Places for the pages that one reader of many partitions has in memory. Thread-safe.</summary>
internal sealed class PageRoom(int places) : IDisposable
{
    private readonly SemaphoreSlim _free = new(places);
    private readonly SemaphoreSlim _takingAll = new(1);

    /// <summary>How many there are.</summary>
    public int Places => places;

    /// <summary>Takes a place if one is free.</summary>
    public bool TryEnter() => _free.Wait(0);

    /// <summary>Waits for a place.</summary>
    public Task EnterAsync(CancellationToken cancellationToken) => _free.WaitAsync(cancellationToken);

    /// <summary>Waits for all places. Cancelled, it leaves some of them taken.</summary>
    public async Task EnterAllAsync(CancellationToken cancellationToken)
    {
        // Two that each had some would wait for each other.
        await _takingAll.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            for (var i = 0; i < places; i++)
            {
                await _free.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _takingAll.Release();
        }
    }

    public void Leave(int count) => _free.Release(count);

    public void Dispose()
    {
        _free.Dispose();
        _takingAll.Dispose();
    }
}
