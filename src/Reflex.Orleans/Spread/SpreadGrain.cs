using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Reflex.Orleans.Spread;

/// <inheritdoc cref="ISpreadGrain"/>
/// <remarks>
/// <para>It counts in all silos, plans, has each silo give away a batch, and counts again, until nothing is left to move: it plans by what
/// there is, never by what it has planned before. A silo that doesn't answer, or whose version has no such grain, is left alone.</para>
/// <para>Nothing rests on it. It remembers nothing, and where there are two of it, as after a network was split, or a batch comes to
/// nothing, partitions and consumers are somewhere else than they should be, and no more.</para>
/// <para>Orleans' own rebalancer is experimental, and it weighs all activations of a silo together, and its memory: it may even those out
/// and leave all partitions in one silo.</para>
/// </remarks>
[GrainType("reflex.spread"), KeepAlive]
internal sealed partial class SpreadGrain(
    IGrainFactory grains,
    IClusterMembershipService membership,
    IOptions<ReflexOptions> options,
    [FromKeyedServices(ReflexClock.Name)] TimeProvider timeProvider,
    ILogger<SpreadGrain> logger) : Grain, ISpreadGrain
{
    // More than the largest cluster needs; what is left after it waits for the next look.
    private const int MostBatches = 200;

    private ImmutableArray<SiloLoad> _known = [];
    private ImmutableArray<SiloAddress> _lookedAt = [];
    private Task _looking = Task.CompletedTask;
    private long _lookedSince;

    private ImmutableArray<SiloAddress> ActiveSilos =>
    [
        .. membership.CurrentSnapshot.Members.Values
            .Where(member => member.Status == SiloStatus.Active)
            .Select(member => member.SiloAddress)
            .Order(),
    ];

    public Task<EvenOutResponse> EvenOutAsync(EvenOutRequest request)
    {
        // Every silo asks.
        var silos = ActiveSilos;
        if (_looking.IsCompleted
            && (!_lookedAt.SequenceEqual(silos) || timeProvider.GetElapsedTime(_lookedSince) >= options.Value.SpreadInterval / 2))
        {
            _lookedAt = silos;
            _lookedSince = timeProvider.GetTimestamp();
            _looking = LookAsync();
        }

        return Task.FromResult(EvenOutResponse.Instance);
    }

    private async Task LookAsync()
    {
        try
        {
            for (var batch = 0; batch < MostBatches; batch++)
            {
                var counted = await CountAsync(ActiveSilos);
                _known = [.. counted.Select(silo => silo.Load)];
                if (counted.Count < 2 || SpreadPlanner.Plan(counted) is not { Count: > 0 } plan || !await TryMoveAsync(plan))
                {
                    return;
                }
            }
        }
        catch (Exception error)
        {
            LogLookFailed(logger, error);
        }
    }

    private async Task<IReadOnlyList<CountedSilo>> CountAsync(ImmutableArray<SiloAddress> silos)
    {
        if (silos.Length < 2)
        {
            return [];
        }

        var request = new CountRequest(_known, silos);
        var counts = await Task.WhenAll(silos.Select(silo => TryAsync(silo, grain => grain.CountAsync(request))));
        return [.. counts.OfType<CountResponse>().Select(CountedSilo.Of)];
    }

    /// <summary>Has a batch moved; answers whether anything was.</summary>
    private async Task<bool> TryMoveAsync(IReadOnlyDictionary<SiloAddress, ImmutableArray<MoveOrder>> plan)
    {
        var started = timeProvider.GetTimestamp();
        var moves = await Task.WhenAll(plan.Select(silo => TryAsync(silo.Key, grain => grain.MoveAsync(new MoveRequest(silo.Value)))));
        var partitions = moves.Sum(move => move?.Partitions ?? 0);
        var consumers = moves.Sum(move => move?.Consumers ?? 0);
        if (partitions + consumers == 0)
        {
            return false;
        }

        LogMoved(logger, partitions, consumers, plan.Count, timeProvider.GetElapsedTime(started).TotalMilliseconds);
        return true;
    }

    private async Task<T?> TryAsync<T>(SiloAddress silo, Func<ISiloSpreadGrain, Task<T>> call)
        where T : class
    {
        try
        {
            return await call(grains.GetGrain<ISiloSpreadGrain>(silo.ToParsableString()));
        }
        catch (Exception error)
        {
            LogNoAnswer(logger, silo, error.Message);
            return null;
        }
    }

    [LoggerMessage(
        LogLevel.Information,
        "{Partitions} partitions and {Consumers} consumers went from {Silos} silos to others that had fewer, in {Milliseconds:F0} ms.")]
    private static partial void LogMoved(ILogger logger, int partitions, int consumers, int silos, double milliseconds);

    [LoggerMessage(LogLevel.Debug, "The silo {Silo} doesn't say what it has, and is left alone: {Reason}")]
    private static partial void LogNoAnswer(ILogger logger, SiloAddress silo, string reason);

    [LoggerMessage(LogLevel.Warning, "How partitions and consumers are spread could not be looked at; it is tried again.")]
    private static partial void LogLookFailed(ILogger logger, Exception error);
}
