using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;

namespace Reflex.Orleans.Calls;

/// <summary>
/// Tells the callers of a process when what they wait for may never come: a connection to a silo has ended, or a silo is gone.
/// Thread-safe.
/// </summary>
/// <remarks>
/// <para>Orleans ends the calls that were sent to a silo that is gone, and no others. What was under way in a connection that ends is lost
/// without a word, and so is a call that a living silo has forwarded to a dead one: their callers would wait until the call's
/// time-out.</para>
/// <para>Connections end while both sides live: ten seconds after a silo's death Orleans closes those to its address, and with them those
/// to its successor there, if that was reached by the old name.</para>
/// <para>A client outside the cluster hears of the silos that it is connected to, and what one of those hears of the others.</para>
/// </remarks>
/// <param name="timeProvider">The clock for waits.</param>
internal sealed class CallLosses([FromKeyedServices(ReflexClock.Name)] TimeProvider timeProvider)
{
    // Several connections end at once, and nobody from outside is to have all callers call again and again.
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(500);

    // What isn't lost is answered by then, but for a storage that is slow at that very moment.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    // A connection from elsewhere that ends sooner was a probe of the port, or a mistake: calls are under way in those that last.
    private static readonly TimeSpan ShortestUse = TimeSpan.FromSeconds(1);

    // One that this process has made is there because it calls, but for one that something before a dead silo accepts and ends, again and
    // again.
    private static readonly TimeSpan ShortestOwnUse = TimeSpan.FromMilliseconds(100);

    private CancellationTokenSource _next = new();
    private long _count;
    private volatile bool _hasPeers;
    private int _isGathering;

    /// <summary>Tells this process' count from that of another.</summary>
    public Guid Source { get; } = Guid.NewGuid();

    /// <summary>How often it was told that calls may be lost.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>
    /// Cancelled the next time that calls which were made by then may be lost; never in a silo that has been alone so far, whose calls
    /// don't leave it.
    /// </summary>
    public CancellationToken Next => _hasPeers ? Volatile.Read(ref _next).Token : CancellationToken.None;

    /// <summary>Has the connections between silos tell.</summary>
    public static void Watch(SiloConnectionOptions options)
    {
        options.ConfigureSiloInboundConnection(builder => Watch(builder, ShortestUse));
        options.ConfigureSiloOutboundConnection(builder => Watch(builder, ShortestOwnUse));
    }

    /// <summary>Has an outside client's connections to silos tell.</summary>
    public static void Watch(ClientConnectionOptions options) => options.ConfigureConnection(builder => Watch(builder, ShortestOwnUse));

    /// <summary>Calls that were made before may be lost.</summary>
    public void Note()
    {
        _hasPeers = true;
        if (Interlocked.Exchange(ref _isGathering, 1) == 0)
        {
            _ = TellAsync();
        }
    }

    /// <summary>Makes a call that is answered soon, and waits for it, but not for long once it may be lost.</summary>
    /// <exception cref="TimeoutException">It may be lost.</exception>
    public Task<T> AnswerAsync<T>(Func<Task<T>> call)
    {
        var lost = Next;
        return lost.CanBeCanceled ? WaitAsync(call(), lost) : call();
    }

    private long Now => timeProvider.GetTimestamp();

    private static void Watch(IConnectionBuilder builder, TimeSpan shortestUse)
    {
        var losses = builder.ApplicationServices.GetRequiredService<CallLosses>();
        builder.Use(next => async connection =>
        {
            losses._hasPeers = true;
            var began = losses.Now;
            try
            {
                await next(connection).ConfigureAwait(false);
            }
            finally
            {
                losses.NoteEnd(began, shortestUse);
            }
        });
    }

    private void NoteEnd(long began, TimeSpan shortestUse)
    {
        if (timeProvider.GetElapsedTime(began) >= shortestUse)
        {
            Note();
        }
    }

    private async Task<T> WaitAsync<T>(Task<T> call, CancellationToken lost)
    {
        try
        {
            return await call.WaitAsync(lost).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (lost.IsCancellationRequested)
        {
            return await WaitShortlyAsync(call).ConfigureAwait(false);
        }
    }

    private async Task<T> WaitShortlyAsync<T>(Task<T> call)
    {
        try
        {
            return await call.WaitAsync(Grace, timeProvider, CancellationToken.None).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return call.IsCompleted
                ? await call.ConfigureAwait(false)
                : throw new TimeoutException("No answer came after a connection to a silo had ended, or a silo");
        }
    }

    private async Task TellAsync()
    {
        await Task.Delay(Gathering, timeProvider).ConfigureAwait(false);
        Volatile.Write(ref _isGathering, 0);
        Interlocked.Increment(ref _count);
        await Interlocked.Exchange(ref _next, new CancellationTokenSource()).CancelAsync().ConfigureAwait(false);
    }
}
