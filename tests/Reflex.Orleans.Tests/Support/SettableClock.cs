using Microsoft.Extensions.Time.Testing;

namespace Reflex.Orleans.Tests.Support;

/// <summary>A clock that can be set as an operator or a time server does: the monotonic one, and timers, don't see it.</summary>
internal sealed class SettableClock(DateTimeOffset start) : FakeTimeProvider(start)
{
    private TimeSpan _offset;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _offset;

    // The base class tells it from the method above.
    public override long GetTimestamp() => base.GetUtcNow().Ticks;

    public void Set(TimeSpan by) => _offset += by;
}
