using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Orleans.Configuration;
using Reflex.Orleans.Calls;
using Reflex.Orleans.Tests.Support;

namespace Reflex.Orleans.Tests.Calls;

public sealed class CallLossesTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly CallLosses _losses;

    public CallLossesTests() => _losses = new CallLosses(_clock);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Next_OfASiloThatHasBeenAlone_IsNeverCancelled() => Assert.False(_losses.Next.CanBeCanceled);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Connection_ThatEnds_TellsThoseThatCalledBefore(bool isInbound)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = BuildConnection(isInbound, ended.Task)(new DefaultConnectionContext());
        var lost = _losses.Next;
        Assert.True(lost.CanBeCanceled);
        _clock.Advance(TimeSpan.FromSeconds(1));

        ended.SetException(new ConnectionResetException("reset"));

        await Assert.ThrowsAsync<ConnectionResetException>(() => running);
        Assert.False(lost.IsCancellationRequested);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await CancelledAsync(lost);
        Assert.NotEqual(lost, _losses.Next);
        Assert.False(_losses.Next.IsCancellationRequested);
    }

    [Fact]
    public async Task Client_OutsideTheCluster_IsToldOfItsConnections()
    {
        await using var silo = await TestSilo.StartAsync(_ => { });
        using var outside = await silo.ConnectAsync();

        Assert.True(outside.Services.GetRequiredService<CallLosses>().Next.CanBeCanceled);
        await outside.StopAsync(Token);
    }

    [Fact]
    public async Task Client_OutsideTheCluster_IsToldOfWhatItsSiloHears()
    {
        var calls = new GrainCalls();
        var (asked, waits) = (0, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        calls.Before = method =>
        {
            if (method == nameof(ILossGrain.WaitAsync) && Interlocked.Increment(ref asked) == 2)
            {
                waits.SetResult();
            }

            return Task.CompletedTask;
        };
        await using var silo = await TestSilo.StartAsync(
            _ => { }, services: services => services.AddSingleton<IIncomingGrainCallFilter>(calls));
        using var outside = await silo.ConnectAsync();
        var lost = outside.Services.GetRequiredService<CallLosses>().Next;
        await waits.Task.WaitAsync(Token);
        Assert.False(lost.IsCancellationRequested);

        silo.Services.GetRequiredService<CallLosses>().Note();

        await CancelledAsync(lost);
        await outside.StopAsync(Token);
    }

    [Theory]
    [InlineData(false, 100, true)]
    [InlineData(false, 99, false)]
    [InlineData(true, 999, false)]
    public async Task Connection_ThatEndsSoon_TellsIfCallsMayBeUnderWay(bool isInbound, int milliseconds, bool tells)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = BuildConnection(isInbound, ended.Task)(new DefaultConnectionContext());
        var lost = _losses.Next;
        _clock.Advance(TimeSpan.FromMilliseconds(milliseconds));
        ended.SetResult();
        await running;

        _clock.Advance(TimeSpan.FromSeconds(10));

        if (tells)
        {
            await CancelledAsync(lost);
        }
        else
        {
            Assert.Equal(lost, _losses.Next);
            Assert.False(lost.IsCancellationRequested);
        }
    }

    [Fact]
    public async Task Losses_AtTheSameMoment_AreToldOnce()
    {
        _losses.Note();
        var lost = _losses.Next;
        _losses.Note();
        _losses.Note();

        _clock.Advance(TimeSpan.FromSeconds(1));

        await CancelledAsync(lost);
        var next = _losses.Next;
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(next.IsCancellationRequested);
        Assert.Equal(next, _losses.Next);
    }

    [Fact]
    public async Task Answer_ThatComesAMomentAfterALoss_IsTheCalls()
    {
        _losses.Note();
        var call = new TaskCompletionSource<int>();
        var answer = _losses.AnswerAsync(() => call.Task);
        _clock.Advance(TimeSpan.FromSeconds(1));

        call.SetResult(3);

        Assert.Equal(3, await answer);
    }

    [Fact]
    public async Task Answer_ThatDoesNotComeAfterALoss_IsNotWaitedFor()
    {
        _losses.Note();
        var lost = _losses.Next;
        var answer = _losses.AnswerAsync(() => new TaskCompletionSource<int>().Task);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await CancelledAsync(lost);

        // The wait that is left begins a moment after the loss was told.
        while (!answer.IsCompleted)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await Assert.ThrowsAsync<TimeoutException>(() => answer);
    }

    private ConnectionDelegate BuildConnection(bool isInbound, Task connection)
    {
        var options = new SiloConnectionOptions();
        CallLosses.Watch(options);
        var builder = new ConnectionBuilder(new ServiceCollection().AddSingleton(_losses).BuildServiceProvider());
        SiloConnectionOptions.ISiloConnectionBuilderOptions silo = options;
        if (isInbound)
        {
            silo.ConfigureSiloInboundBuilder(builder);
        }
        else
        {
            silo.ConfigureSiloOutboundBuilder(builder);
        }

        return builder.Run(_ => connection).Build();
    }

    private static async Task CancelledAsync(CancellationToken token)
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = token.Register(cancelled.SetResult);
        await cancelled.Task.WaitAsync(Token);
    }
}
