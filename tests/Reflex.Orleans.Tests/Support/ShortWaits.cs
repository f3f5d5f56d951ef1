using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Reflex.Orleans.Tests.Support;

/// <summary>A clock on which each wait of up to a minute passes as soon as it has begun.</summary>
internal sealed class ShortWaits(FakeTimeProvider time) : TimeProvider
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private readonly Channel<TimeSpan> _begun = Channel.CreateUnbounded<TimeSpan>();

    public override long TimestampFrequency => time.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => time.GetUtcNow();

    public override long GetTimestamp() => time.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = time.CreateTimer(callback, state, dueTime, period);
        if (dueTime > TimeSpan.Zero && dueTime <= Longest)
        {
            _begun.Writer.TryWrite(dueTime);
        }

        return timer;
    }

    /// <summary>Lets waits pass until something has happened.</summary>
    public async Task PassAsync(Task until)
    {
        while (true)
        {
            var hasBegun = _begun.Reader.WaitToReadAsync(TestContext.Current.CancellationToken).AsTask();
            if (await Task.WhenAny(until, hasBegun) == until)
            {
                await until;
                return;
            }

            await hasBegun;
            if (_begun.Reader.TryRead(out var wait))
            {
                time.Advance(wait);
            }
        }
    }
}
