namespace Reflex.Orleans.Tests.Support;

/// <summary>What a second consumer of the same test has seen.</summary>
internal sealed class OtherSeen
{
    private readonly Seen _seen = new();

    public Task AddAsync(Events.Event e, CancellationToken cancellationToken) => _seen.AddAsync(e, cancellationToken);

    public Task ReachesAsync(int count) => _seen.ReachesAsync(count);
}
