using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Reflex.Consumers;
using Reflex.Orleans.Client;
using Reflex.Orleans.Hosting;
using Reflex.Streams;

namespace Reflex.Orleans.Consumers;

/// <summary>
/// Keeps consumers running: on each silo it looks after those whose grains fall into the silo's range of the ring. It calls each
/// of them at the start, whenever the range changes, and at an interval; the grain does the rest.
/// </summary>
[GrainType("reflex.consumer-service")]
internal sealed partial class ConsumerService(
    GrainId grainId,
    Silo silo,
    ILoggerFactory loggers,
    ConsumerRegistry registry,
    StreamDirectory streams,
    ConsumerDirectory consumers,
    IOptions<ReflexOptions> options,
    [FromKeyedServices(ReflexClock.Name)] TimeProvider timeProvider) : GrainService(grainId, silo, loggers), IConsumerService
{
    // Enough to start thousands of consumers in seconds, few enough to leave the partitions room for others.
    private const int ConcurrentCalls = 64;

    private readonly ILogger _logger = loggers.CreateLogger<ConsumerService>();
    private TaskCompletionSource _rangeChanged = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override async Task OnRangeChange(IRingRange oldRange, IRingRange newRange, bool increased)
    {
        await base.OnRangeChange(oldRange, newRange, increased);
        _rangeChanged.TrySetResult();
    }

    protected override async Task StartInBackground()
    {
        await base.StartInBackground();
        var stopped = StoppedCancellationTokenSource.Token;
        while (!stopped.IsCancellationRequested)
        {
            _rangeChanged = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await EnsureRunningAsync(stopped);
            try
            {
                await _rangeChanged.Task.WaitAsync(options.Value.ConsumerCheckInterval, timeProvider, stopped);
            }
            catch (TimeoutException)
            {
                // The interval is over.
            }
            catch (OperationCanceledException) when (stopped.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task EnsureRunningAsync(CancellationToken stopped)
    {
        foreach (var consumer in registry.All)
        {
            try
            {
                var definition = await streams.GetAsync(consumer.Id.Stream, stopped);
                foreach (var partitions in Enumerable.Range(0, definition.Partitions).Chunk(ConcurrentCalls))
                {
                    await Task.WhenAll(partitions.Select(partition => EnsureRunningAsync(consumer.Id, partition, stopped)));
                }
            }
            catch (StreamNotFoundException)
            {
                LogStreamMissing(_logger, consumer.Id);
            }
            catch (Exception error) when (!stopped.IsCancellationRequested)
            {
                LogCheckFailed(_logger, consumer.Id, error);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task EnsureRunningAsync(ConsumerId consumer, int partition, CancellationToken stopped)
    {
        var grain = await consumers.GetAsync(consumer, partition, stopped);
        if (!RingRange.InRange(grain.GetGrainId()))
        {
            return;
        }

        try
        {
            await grain.EnsureRunningAsync(EnsureRunningRequest.Instance).WaitAsync(stopped);
        }
        catch (Exception error) when (!stopped.IsCancellationRequested)
        {
            LogCheckFailed(_logger, consumer, error);
        }
    }
}
