using Reflex.Consumers;
using Reflex.Events;
using Reflex.Orleans.Pages;
using Reflex.Orleans.Partitions;

namespace Reflex.Orleans.Consumers;

/// <summary>One consumer on one partition: its cursor, its runs, and the controls of both. Used in its grain's context only.</summary>
internal sealed partial class ConsumerPump : IAsyncDisposable
{
    private readonly ConsumerKey _key;
    private readonly ConsumerContext _context;
    private readonly ConsumerCursor _cursor;
    private readonly ConsumerRun _run;
    private readonly StandstillWatch _watch;

    public ConsumerPump(
        ConsumerKey key, ConsumerOptions options, IEventConsumer logic, IPageSource source, ConsumerContext context, Action onReplaced)
    {
        _key = key;
        _context = context;
        _cursor = new ConsumerCursor(context.Storage, key, context.Options, context.TimeProvider, context.Logger)
        {
            OnReplaced = error =>
            {
                LogReplaced(context.Logger, key, error);
                onReplaced();
            },
        };
        _run = new ConsumerRun(key, options, logic, source, _cursor, context);
        _watch = new StandstillWatch(key, options, _run, context);
        Controls = new PartControls(key, _cursor, _run, context);
    }

    public PartControls Controls { get; }

    public void Begin() => _run.Begin();

    public async Task<ConsumerPartitionStatus> GetStatusAsync(IPartitionGrain partition)
    {
        await _cursor.LoadAsync();
        var cursor = _cursor.Value;
        try
        {
            var position = await partition.GetPositionAsync(new GetPositionRequest(cursor?.Id.Value));
            var fault = _run.Fault;
            return position.StatusOf(_key.Partition.Index, StateWith(fault), fault, cursor, _context.TimeProvider.GetUtcNow());
        }
        catch (ReflexException) when (_run.Fault is { } fault)
        {
            // The partition doesn't answer, and the fault says why; that is worth more than an error.
            var head = cursor?.Id ?? EventId.None;
            return new ConsumerPartitionStatus(_key.Partition.Index, StateWith(fault), fault, cursor, head, 0, TimeSpan.Zero);
        }
    }

    /// <summary>Starts a run where none is, and a new one where this one stood still since the last check though there was work.</summary>
    public async Task EnsureRunningAsync(IPartitionGrain partition)
    {
        await _cursor.LoadAsync();
        if (_run.IsOver || _cursor.IsStopped || Controls.IsChanging)
        {
            return;
        }

        var cursor = _cursor.Value;
        var bounds = await partition.GetBoundsAsync(GetBoundsRequest.Instance);
        if (_watch.StoodStill(cursor, new EventId(bounds.Head)) || _run.HasEnded)
        {
            await Controls.RestartAsync();
        }
    }

    /// <summary>Stops after the event that is being handled, which is cancelled after a while, and stores the cursor.</summary>
    public ValueTask DisposeAsync() => _run.DisposeAsync();

    /// <summary>What goes with a fault, both of the same moment: it may get stuck while its partition is asked.</summary>
    private ConsumerState StateWith(ConsumerFault? fault) =>
        _cursor.IsStopped ? ConsumerState.Stopped : fault is null ? ConsumerState.Running : ConsumerState.Stuck;
}
