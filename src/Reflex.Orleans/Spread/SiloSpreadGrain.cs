namespace Reflex.Orleans.Spread;

/// <inheritdoc cref="ISiloSpreadGrain"/>
[GrainType("reflex.silo-spread"), OwnSiloPlacement]
internal sealed class SiloSpreadGrain(
    LocalGrains local, GrainMoves moves, SiloLoads loads, ILocalSiloDetails silo, IGrainFactory grains) : Grain, ISiloSpreadGrain
{
    public Task<CountResponse> CountAsync(CountRequest request)
    {
        loads.Update(request.Known);
        var consumers = local.Of(MovableKind.Consumer);
        var groups = consumers.GroupBy(consumer => consumer.Group).Select(group => (Any: group.First(), Count: group.Count())).ToList();
        var movable = request.Silos
            .Where(other => !other.Equals(silo.SiloAddress))
            .Select(other => new MovableConsumers(other, groups.Where(group => group.Any.CanRunOn(other)).Sum(group => group.Count)));
        var load = new SiloLoad(silo.SiloAddress, local.Of(MovableKind.Partition).Count, consumers.Count);
        return Task.FromResult(new CountResponse(load, [.. movable]));
    }

    public Task<ListPartitionsResponse> ListPartitionsAsync(ListPartitionsRequest request) => Task.FromResult(
        new ListPartitionsResponse([.. local.Of(MovableKind.Partition).Select(grain => grain.Partition.ToString())]));

    public async Task<MoveResponse> MoveAsync(MoveRequest request)
    {
        var partitions = 0;
        var consumers = 0;
        foreach (var order in request.Orders)
        {
            if (order.Partitions > 0)
            {
                partitions += await moves.MoveAsync(local.Of(MovableKind.Partition), order.Partitions, order.To);
            }

            if (order.Consumers > 0)
            {
                consumers += await moves.MoveAsync(await ConsumersForAsync(order.To), order.Consumers, order.To);
            }
        }

        return new MoveResponse(partitions, consumers);
    }

    /// <summary>Those that a silo can run: first those whose partition is there, last those whose partition is here.</summary>
    private async Task<IReadOnlyList<MovableGrain>> ConsumersForAsync(SiloAddress to)
    {
        var there = await grains.GetGrain<ISiloSpreadGrain>(to.ToParsableString()).ListPartitionsAsync(ListPartitionsRequest.Instance);
        var near = there.Partitions.ToHashSet();
        var here = local.Of(MovableKind.Partition).Select(grain => grain.Partition).ToHashSet();
        return
        [
            .. local.Of(MovableKind.Consumer)
                .Where(consumer => consumer.CanRunOn(to))
                .OrderBy(consumer => near.Contains(consumer.Partition.ToString()) ? 0 : here.Contains(consumer.Partition) ? 2 : 1),
        ];
    }
}
