using Microsoft.Extensions.DependencyInjection;

namespace Reflex.Orleans.Spread;

/// <summary>Moves grains of this silo to others. Thread-safe.</summary>
internal sealed class GrainMoves(
    SpreadInstruments instruments, [FromKeyedServices(ReflexClock.Name)] TimeProvider timeProvider)
{
    // Each pauses for some milliseconds; few at a time leave the storage, and the silo that they come to, room for what is served.
    private const int Concurrent = 4;

    // One that hasn't gone by then goes when its calls have ended.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    /// <summary>Moves as many as it is told to; instead of one that can't go now another one goes.</summary>
    public async Task<int> MoveAsync(IReadOnlyList<MovableGrain> candidates, int count, SiloAddress to)
    {
        var wanted = count;
        var moved = 0;
        var options = new ParallelOptions { MaxDegreeOfParallelism = Concurrent };
        await Parallel.ForEachAsync(candidates, options, async (grain, _) =>
        {
            if (Interlocked.Decrement(ref wanted) < 0)
            {
                return;
            }

            if (await TryMoveAsync(grain, to).ConfigureAwait(false))
            {
                instruments.OnMoved(grain.Kind);
                Interlocked.Increment(ref moved);
            }
            else
            {
                Interlocked.Increment(ref wanted);
            }
        }).ConfigureAwait(false);
        return moved;
    }

    private async Task<bool> TryMoveAsync(MovableGrain grain, SiloAddress to)
    {
        if (!await grain.EndsAsync().ConfigureAwait(false))
        {
            return false;
        }

        var gone = grain.MoveAsync(to).WaitAsync(Longest, timeProvider);
        await gone.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return gone.IsCompletedSuccessfully;
    }
}
