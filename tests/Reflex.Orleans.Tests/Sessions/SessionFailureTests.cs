using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Reflex.Consumers;
using Reflex.Orleans.Sessions;
using Reflex.Orleans.Tests.Support;

namespace Reflex.Orleans.Tests.Sessions;

public sealed class SessionFailureTests
{
    private readonly GrainCalls _calls = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(typeof(InvalidOperationException))]
    [InlineData(typeof(NullReferenceException))]
    [InlineData(typeof(KeyNotFoundException))]
    public async Task Ended_AfterAFaultOfAProgram_SaysThatAndIsLogged(Type fault)
    {
        await using var silo = await StartAsync();
        FailWatches(() => (Exception)Activator.CreateInstance(fault)!);

        await using var session = await silo.Reflex.OpenSessionAsync("orders", null, "mailer", Token);

        var reason = Assert.IsType<SessionFailedException>(await session.Ended.WaitAsync(Token));
        Assert.False(reason.IsTransient);
        Assert.Equal(new ConsumerId("orders", "mailer"), reason.Consumer);
        Assert.IsType(fault, reason.InnerException);
        await Assert.ThrowsAsync<SessionFailedException>(async () => await session.AcknowledgeAsync("1", Token));
        Assert.Contains(silo.Logs.GetSnapshot(), log => log.Level == LogLevel.Error && log.Exception?.GetType() == fault);
    }

    [Fact]
    public async Task Ended_WhileTheClusterFailsForAWhile_DoesNotEnd()
    {
        await using var silo = await StartAsync();
        var failures = 0;
        var isWatched = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        FailWatches(() =>
        {
            switch (++failures)
            {
                case 1:
                    return new SiloUnavailableException();
                case 2:
                    return new TimeoutException();
                case 3:
                    return new TaskCanceledException();
                default:
                    isWatched.TrySetResult();
                    return null;
            }
        });

        await using var session = await silo.Reflex.OpenSessionAsync("orders", null, "mailer", Token);
        await isWatched.Task.WaitAsync(Token);
        await ConsumerSilo.AppendAsync(silo, 1);
        await session.AcknowledgeAsync("1", Token);

        Assert.False(session.Ended.IsCompleted);
    }

    private Task<TestSilo> StartAsync() => TestSilo.StartAsync(
        reflex => reflex.AddStream("orders"), services: services => services.AddSingleton<IIncomingGrainCallFilter>(_calls));

    private void FailWatches(Func<Exception?> fault) =>
        _calls.Fault = method => method == nameof(ISessionGrain.WaitUntilEndedAsync) ? fault() : null;
}
