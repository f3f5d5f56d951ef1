using Microsoft.Extensions.DependencyInjection;
using Reflex.Consumers;
using Reflex.Events;
using Reflex.Orleans.Calls;
using Reflex.Orleans.Catalog;
using Reflex.Orleans.Partitions;
using Reflex.Orleans.Spread;

namespace Reflex.Orleans.Consumers;

/// <summary>
/// A consumer that is a grain of the application: one activation for each partition of its stream. Register it with
/// <c>AddConsumerGrain</c>; it is then kept running. Give the class an interface of its own, with string keys, to call it.
/// </summary>
/// <remarks>
/// Events are handled in the grain's context, so that its fields need no locks; but calls of its own interface interleave with
/// <see cref="ConsumeAsync"/> where that awaits. Events come after <c>OnActivateAsync</c> and before <c>OnDeactivateAsync</c>. It
/// stays active; deactivating it stops the consumer after its current event, and another activation goes on.
/// </remarks>
[KeepAlive, RunnableOnly]
public abstract class ConsumerGrain : Grain, IGrainBase, IConsumerGrain
{
    private readonly ConsumerPump _pump;
    private readonly IPartitionGrain _partition;
    private readonly ConsumerContext _context;
    private MovableGrain? _movable;

    /// <summary>Makes the grain a consumer.</summary>
    /// <exception cref="ConsumerNotFoundException">No consumer of the key's name is registered in this silo.</exception>
    /// <exception cref="FormatException">The key is not a <see cref="ConsumerKey"/>.</exception>
    protected ConsumerGrain()
    {
        _context = ServiceProvider.GetRequiredService<ConsumerContext>();
        Key = ConsumerKey.Parse(this.GetPrimaryKeyString());
        Registration = _context.Registry.Get(Key.ConsumerId);
        _partition = GrainFactory.GetGrain<IPartitionGrain>(Key.Partition.ToString());
        _pump = new ConsumerPump(Key, Registration.Options, new Logic(this), _context.Pages.Of(Key.Partition), _context, OnReplaced);
    }

    /// <summary>The consumer and the partition that this grain handles.</summary>
    protected ConsumerKey Key { get; }

    private protected ConsumerRegistration Registration { get; }

    // Not by overriding: an application may override these too, without calling the base's.
    async Task IGrainBase.OnActivateAsync(CancellationToken token)
    {
        await OnActivateAsync(token);
        _movable = MakeMovable(TaskScheduler.Current);
        _context.LocalGrains.Add(_movable);
        _pump.Begin();
    }

    async Task IGrainBase.OnDeactivateAsync(DeactivationReason reason, CancellationToken token)
    {
        if (_movable is not null)
        {
            _context.LocalGrains.Remove(_movable);
        }

        await _pump.DisposeAsync();
        await OnDeactivateAsync(reason, token);
    }

    async Task<EnsureRunningResponse> IConsumerGrain.EnsureRunningAsync(EnsureRunningRequest request)
    {
        await _pump.EnsureRunningAsync(_partition);
        return new EnsureRunningResponse(_context.Silo);
    }

    async Task<PartStatus> IConsumerGrain.GetStatusAsync(GetStatusRequest request) =>
        PartStatus.Of(await _pump.GetStatusAsync(_partition));

    async Task<StartResponse> IConsumerGrain.StartAsync(StartRequest request)
    {
        await _pump.Controls.StartAsync();
        return StartResponse.Instance;
    }

    async Task<StopResponse> IConsumerGrain.StopAsync(StopRequest request)
    {
        await _pump.Controls.StopAsync();
        return StopResponse.Instance;
    }

    Task<RetryResponse> IConsumerGrain.RetryAsync(RetryRequest request)
    {
        _pump.Controls.Retry();
        return Task.FromResult(RetryResponse.Instance);
    }

    async Task<SkipResponse> IConsumerGrain.SkipAsync(SkipRequest request)
    {
        await _pump.Controls.SkipAsync(new EventId(request.Event), _partition);
        return SkipResponse.Instance;
    }

    async Task<SetCursorResponse> IConsumerGrain.SetCursorAsync(SetCursorRequest request)
    {
        await _pump.Controls.SetCursorAsync(request.Place, _partition);
        return SetCursorResponse.Instance;
    }

    async Task<RemovePartResponse> IConsumerGrain.RemoveAsync(RemovePartRequest request)
    {
        if (await _pump.Controls.RemoveAsync(
            () => GrainFactory.IsUnfinishedAsync(request.Removal).AnswerAsync(() => $"remove {Key}")))
        {
            DeactivateOnIdle();
        }

        return RemovePartResponse.Instance;
    }

    /// <summary>Handles one event; see <see cref="IEventConsumer.ConsumeAsync"/>.</summary>
    /// <param name="e">What to handle.</param>
    /// <param name="cancellationToken">Cancelled when the silo can't wait for the logic any longer.</param>
    /// <returns>A task that ends when the event is handled. Its failure leaves the cursor where it is.</returns>
    protected abstract Task ConsumeAsync(Event e, CancellationToken cancellationToken);

    /// <summary>Called at the start of every run; see <see cref="IResettableConsumer.ResetAsync"/>. Does nothing by default.</summary>
    /// <param name="cancellationToken">Cancelled when the silo can't wait for the logic any longer.</param>
    /// <returns>A task whose failure ends the run.</returns>
    protected virtual Task ResetConsumerAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Called at the end of every run; see <see cref="IStoppableConsumer.StopAsync"/>. Does nothing by default.</summary>
    /// <param name="cancellationToken">Cancelled when the silo can't wait for the logic any longer.</param>
    /// <returns>A task whose failure ends the run with its error.</returns>
    protected virtual Task StopConsumerAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private MovableGrain MakeMovable(TaskScheduler turns)
    {
        var type = this.GetGrainId().Type;
        return new MovableGrain(((IGrainBase)this).GrainContext, MovableKind.Consumer, Key.Partition)
        {
            Group = $"{Key.ConsumerId} {type}",
            CanRunOn = silo => _context.Published.CanRun(silo, Key.ConsumerId, type),
            EndsAsync = () => Task.Factory
                .StartNew(_pump.Controls.TryFinishAsync, CancellationToken.None, TaskCreationOptions.None, turns)
                .Unwrap(),
        };
    }

    private void OnReplaced()
    {
        DeactivateOnIdle();

        // Reaches whichever activation the cluster holds for the right one, so that the consumer goes on at once.
        this.AsReference<IConsumerGrain>().EnsureRunningAsync(EnsureRunningRequest.Instance).Ignore();
    }

    private sealed class Logic(ConsumerGrain grain) : IResettableConsumer, IStoppableConsumer
    {
        public Task ConsumeAsync(Event e, CancellationToken cancellationToken) => grain.ConsumeAsync(e, cancellationToken);

        public Task ResetAsync(CancellationToken cancellationToken) => grain.ResetConsumerAsync(cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => grain.StopConsumerAsync(cancellationToken);
    }
}
