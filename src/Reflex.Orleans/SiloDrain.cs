namespace Reflex.Orleans;

/// <summary>
/// Tells this silo's partitions and consumers that it stops: readers that wait at a head are sent away, since a grain ends only
/// when its calls have, and consumers stop after their current event.
/// </summary>
internal sealed class SiloDrain : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();

    public CancellationToken Stopping => _stopping.Token;

    public Task StartAsync() => _stopping.CancelAsync();

    public void Dispose() => _stopping.Dispose();
}
