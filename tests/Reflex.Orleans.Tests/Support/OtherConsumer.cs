using Reflex.Consumers;
using Reflex.Events;

namespace Reflex.Orleans.Tests.Support;

/// <summary>Notes what it sees, beside a <see cref="SeeingConsumer"/>.</summary>
internal sealed class OtherConsumer(OtherSeen seen) : IEventConsumer
{
    public Task ConsumeAsync(Event e, CancellationToken cancellationToken) => seen.AddAsync(e, cancellationToken);
}
