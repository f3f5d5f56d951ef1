using System.Threading.Channels;
using Reflex.Consumers;
using Reflex.Events;

namespace Reflex.Grpc.Tests.Support;

/// <summary>A consumer that remembers its events, and may fail.</summary>
internal sealed class Recorder : IEventConsumer
{
    private readonly Channel<long> _ids = Channel.CreateUnbounded<long>();

    public ChannelReader<long> Ids => _ids.Reader;

    /// <summary>Runs before an event counts as handled.</summary>
    public Func<Event, Task>? OnEvent { get; set; }

    public async Task ConsumeAsync(Event e, CancellationToken cancellationToken)
    {
        if (OnEvent is { } onEvent)
        {
            await onEvent(e);
        }

        await _ids.Writer.WriteAsync(e.Id.Value, cancellationToken);
    }

    public async Task<List<long>> TakeAsync(int count)
    {
        var ids = new List<long>();
        while (ids.Count < count)
        {
            ids.Add(await Ids.ReadAsync(TestContext.Current.CancellationToken));
        }

        return ids;
    }
}
