using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Reflex.Orleans.Spread;

/// <summary>Hands a stopping silo's consumers and partitions over to the others, a few at a time, while it serves the rest.</summary>
/// <remarks>
/// <para>It begins when the cluster knows that the silo stops: nothing is placed there any more. What has no other silo that could run it,
/// or doesn't come to an end in time, is left to Orleans, which ends everything together.</para>
/// <para>Calls come a while longer from where a grain's new place isn't known. Orleans by itself would close the connections while they
/// are under way, and their callers wait for answers that never come.</para>
/// </remarks>
internal sealed partial class SiloRelease(
    LocalGrains grains,
    SiloLoads loads,
    SpreadInstruments instruments,
    IClusterMembershipService membership,
    ILocalSiloDetails local,
    [FromKeyedServices(ReflexClock.Name)] TimeProvider timeProvider,
    ILogger<SiloRelease> logger)
{
    /// <remarks>Who calls once is told the new place, and a busy machine does that within a fraction of it.</remarks>
    internal static readonly TimeSpan Forwarding = TimeSpan.FromMilliseconds(750);

    /// <remarks>For what was passed on, whose answers come back through this silo, as long as Orleans lets them through.</remarks>
    internal static readonly TimeSpan Answering = TimeSpan.FromMilliseconds(400);

    /// <remarks>For calls that were on their way or looked for their grain when Orleans began to refuse.</remarks>
    internal static readonly TimeSpan Refusing = TimeSpan.FromMilliseconds(250);

    // Each takes some milliseconds, most of them waiting for the storage.
    private const int Concurrent = 8;

    // One whose event takes longer goes when that has ended; the others don't wait for it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    // With the default drain time-out under the host's 30 s.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(8);

    private List<SiloAddress> Others => membership.CurrentSnapshot.Members.Values
        .Where(member => member.Status == SiloStatus.Active && !member.SiloAddress.Equals(local.SiloAddress))
        .Select(member => member.SiloAddress)
        .ToList();

    /// <summary>
    /// Ends when everything that can go has gone, or when there is no more time, and calls for it have been passed on for a while.
    /// </summary>
    public async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        if (Others.Count == 0)
        {
            return;
        }

        using var late = new CancellationTokenSource(Longest, timeProvider);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        try
        {
            await WaitUntilKnownAsync(ending.Token);
            await ReleaseAllAsync(ending.Token);
            await WaitForOthersAsync(Forwarding, cancellationToken);

            // What was on its way here when the cluster heard of it.
            await ReleaseAllAsync(ending.Token);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            LogUnfinished(logger, grains.Of(MovableKind.Partition).Count, grains.Of(MovableKind.Consumer).Count);
            await WaitForOthersAsync(Forwarding, cancellationToken);
        }
    }

    /// <summary>Ends when what was passed on has been answered, as far as one can know.</summary>
    public Task AnswerAsync(CancellationToken cancellationToken) => WaitForOthersAsync(Answering, cancellationToken);

    /// <summary>Ends when whoever has called by mistake has been refused.</summary>
    public Task RefuseAsync(CancellationToken cancellationToken) => WaitForOthersAsync(Refusing, cancellationToken);

    private async Task ReleaseAllAsync(CancellationToken cancellationToken)
    {
        if (grains.IsEmpty)
        {
            return;
        }

        var started = timeProvider.GetTimestamp();
        var others = Others;
        var consumers = await ReleaseAsync(MovableKind.Consumer, others, cancellationToken);
        var partitions = await ReleaseAsync(MovableKind.Partition, others, cancellationToken);
        if (consumers + partitions > 0)
        {
            LogReleased(logger, partitions, consumers, others.Count, timeProvider.GetElapsedTime(started).TotalMilliseconds);
        }
    }

    /// <summary>Waits, unless this silo is alone, or the stop is to end at once.</summary>
    private async Task WaitForOthersAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        if (Others.Count > 0)
        {
            await Task.Delay(time, timeProvider, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task WaitUntilKnownAsync(CancellationToken cancellationToken)
    {
        await foreach (var members in membership.MembershipUpdates.WithCancellation(cancellationToken))
        {
            if (members.GetSiloStatus(local.SiloAddress) != SiloStatus.Active)
            {
                return;
            }
        }
    }

    private async Task<int> ReleaseAsync(MovableKind kind, List<SiloAddress> others, CancellationToken cancellationToken)
    {
        var released = 0;
        var options = new ParallelOptions { MaxDegreeOfParallelism = Concurrent, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(grains.Of(kind), options, async (grain, _) =>
        {
            var able = others.FindAll(silo => grain.CanRunOn(silo));
            if (able.Count == 0)
            {
                return;
            }

            var gone = grain.MoveAsync(loads.TakeLeast(kind, able)).WaitAsync(Patience, timeProvider, cancellationToken);
            await gone.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (gone.IsCompletedSuccessfully)
            {
                instruments.OnMoved(kind);
                Interlocked.Increment(ref released);
            }
        });
        return released;
    }

    [LoggerMessage(
        LogLevel.Information,
        "This silo stops: {Partitions} partitions and {Consumers} consumers go on in {Silos} others, after {Milliseconds:F0} ms.")]
    private static partial void LogReleased(ILogger logger, int partitions, int consumers, int silos, double milliseconds);

    [LoggerMessage(
        LogLevel.Warning,
        "This silo stops, and could not hand {Partitions} partitions and {Consumers} consumers over in time: they end here together.")]
    private static partial void LogUnfinished(ILogger logger, int partitions, int consumers);
}
