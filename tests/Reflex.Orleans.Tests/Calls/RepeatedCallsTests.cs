using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Reflex.Orleans.Calls;
using Reflex.Orleans.Tests.Support;

namespace Reflex.Orleans.Tests.Calls;

public sealed class RepeatedCallsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(FailingGrain.Constructor, typeof(InvalidOperationException))]
    [InlineData(FailingGrain.Activation, typeof(KeyNotFoundException))]
    [InlineData(FailingGrain.Operation, typeof(InvalidOperationException))]
    [InlineData(FailingGrain.Null, typeof(NullReferenceException))]
    [InlineData(FailingGrain.OwnType, typeof(Exception))]
    [InlineData(FailingGrain.Answer, typeof(CodecNotFoundException))]
    public async Task RepeatAsync_OfACallThatFailsByAFaultOfAProgram_EndsWithThat(string how, Type expected)
    {
        await using var silo = await TestSilo.StartAsync(_ => { });
        using var outside = await silo.ConnectAsync();

        foreach (var services in new[] { silo.Services, outside.Services })
        {
            var grain = services.GetRequiredService<IGrainFactory>().GetGrain<IFailingGrain>(how);
            var (error, calls) = await RepeatAsync(services, grain);

            Assert.IsAssignableFrom(expected, error);
            Assert.False(error is OperationCanceledException);
            Assert.Equal(1, calls);
        }
    }

    [Fact]
    public async Task RepeatAsync_OfACallWhoseActivationIsCancelled_CallsAgain()
    {
        await using var silo = await TestSilo.StartAsync(_ => { });

        var (error, calls) = await RepeatAsync(silo.Services, silo.Grains.GetGrain<IFailingGrain>(FailingGrain.CancelledActivation));

        Assert.IsAssignableFrom<OperationCanceledException>(error);
        Assert.Equal(2, calls);
    }

    [Fact]
    public async Task RepeatAsync_WhileTheSiloIsAway_CallsAgainUntilTheNextAnswers()
    {
        var silo = await TestSilo.StartAsync(_ => { });
        using var outside = await silo.ConnectAsync();
        var grain = outside.Services.GetRequiredService<IGrainFactory>().GetGrain<IFailingGrain>("sound");
        await grain.CallAsync();
        await silo.DisposeAsync();
        var hasFailed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var repeating = outside.Services.GetRequiredService<RepeatedCalls>().RepeatAsync(
            async _ =>
            {
                try
                {
                    await grain.CallAsync();
                    await enough.CancelAsync();
                }
                catch
                {
                    hasFailed.TrySetResult();
                    throw;
                }
            },
            "orders",
            () => "call",
            enough.Token);
        await hasFailed.Task.WaitAsync(Token);

        await using var next = await silo.RestartAsync(_ => { });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => repeating);
        Assert.False(Token.IsCancellationRequested);
        await outside.StopAsync(Token);
    }

    /// <summary>Repeats a call, but not more than once; answers how that ended, and the calls.</summary>
    private static async Task<(Exception? Error, int Calls)> RepeatAsync(IServiceProvider services, IFailingGrain grain)
    {
        var calls = 0;
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var error = await Record.ExceptionAsync(() => services.GetRequiredService<RepeatedCalls>().RepeatAsync(
            _ =>
            {
                if (++calls == 2)
                {
                    enough.Cancel();
                }

                return grain.CallAsync();
            },
            "orders",
            () => "call",
            enough.Token));
        return (error, calls);
    }
}
