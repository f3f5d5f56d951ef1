namespace Reflex.Orleans;

/// <summary>
/// Tells a silo's parts that it stops, in two steps: first nothing new is begun, while its partitions and consumers go to other silos one
/// after another; then readers that wait at a head are sent away, since a grain ends only when its calls have, and consumers that are
/// there still stop after their current event.
/// </summary>
internal sealed class SiloDrain : IDisposable
{
    private readonly CancellationTokenSource _begun = new();
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Cancelled at the first step.</summary>
    public CancellationToken Begun => _begun.Token;

    /// <summary>Cancelled at the second.</summary>
    public CancellationToken Stopping => _stopping.Token;

    public Task BeginAsync() => _begun.CancelAsync();

    public async Task StartAsync()
    {
        await BeginAsync();
        await _stopping.CancelAsync();
    }

    public void Dispose()
    {
        _begun.Dispose();
        _stopping.Dispose();
    }
}
