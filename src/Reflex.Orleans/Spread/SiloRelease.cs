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
    IClusterMembershipService membership,
    ILocalSiloDetails local,
    [FromKeyedServices(ReflexClock.Name)] TimeProvider timeProvider,
    ILogger<SiloRelease> logger)
{
    // Each takes some milliseconds, most of them waiting for the storage.
    private const int Concurrent = 8;

    // One whose event takes longer goes when that has ended; the others don't wait for it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    // With the default drain time-out under the host's 30 s.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(8);

    // Who calls once is told the new place, and a busy machine does that within a fraction of it.
    private static readonly TimeSpan Forwarding = TimeSpan.FromSeconds(1);

    // For calls that were on their way or looked for their grain when Orleans began to refuse.
    private static readonly TimeSpan Refusing = TimeSpan.FromMilliseconds(250);

    private List<SiloAddress> Others => membership.CurrentSnapshot.Members.Values
        .Where(member => member.Status == SiloStatus.Active && !member.SiloAddress.Equals(local.SiloAddress))
        .Select(member => member.SiloAddress)
        .ToList();

    /// <summary>
    /// Ends when everything that can go has gone and the calls for it have been passed on for a while, or when there is no more time.
    /// </summary>
    public async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(Longest, timeProvider);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        try
        {
            if (!grains.IsEmpty)
            {
                await WaitUntilKnownAsync(ending.Token);
                await ReleaseAllAsync(ending.Token);
            }

            await WaitForOthersAsync(Forwarding, ending.Token);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            if (!grains.IsEmpty)
            {
                LogUnfinished(logger, grains.Of(MovableKind.Partition).Count, grains.Of(MovableKind.Consumer).Count);
            }
        }
    }

    /// <summary>Ends when whoever has called by mistake has been refused.</summary>
    public async Task RefuseAsync(CancellationToken cancellationToken) =>
        await WaitForOthersAsync(Refusing, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private async Task ReleaseAllAsync(CancellationToken cancellationToken)
    {
        var started = timeProvider.GetTimestamp();
        var others = Others;
        var consumers = await ReleaseAsync(MovableKind.Consumer, others, cancellationToken);
        var partitions = await ReleaseAsync(MovableKind.Partition, others, cancellationToken);
        if (consumers + partitions > 0)
        {
            LogReleased(logger, partitions, consumers, others.Count, timeProvider.GetElapsedTime(started).TotalMilliseconds);
        }
    }

    private Task WaitForOthersAsync(TimeSpan time, CancellationToken cancellationToken) =>
        Others.Count > 0 ? Task.Delay(time, timeProvider, cancellationToken) : Task.CompletedTask;

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
