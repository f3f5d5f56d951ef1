using System.Threading.Channels;
using Reflexpb;

namespace Reflex.Benchmarks.Silo;

/// <summary>What the bare service has been given and not handed out yet.</summary>
internal sealed class BareEvents
{
    private const int Bound = 100_000;

    private readonly Channel<Event> _events = Channel.CreateBounded<Event>(Bound);

    public ChannelReader<Event> Reader => _events.Reader;

    public ValueTask AddAsync(Event e, CancellationToken cancellationToken) => _events.Writer.WriteAsync(e, cancellationToken);
}
