using Orleans.Runtime.Messaging;
using Orleans.Serialization;
using Polly.Timeout;
using Reflex.Orleans.Calls;

namespace Reflex.Orleans.Tests.Calls;

public sealed class ClusterCallTests
{
    private int _calls;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Of which surely nothing has come.</summary>
    public static TheoryData<Exception> Refusals => new((Exception[])
    [
        new SiloUnavailableException("The gateway 'S127.0.0.1:11111:1' is shutting down."),
        new SiloUnavailableException("Forwarding failed: tried to forward message [..] for 2 times. Rejecting now."),
        new ConnectionFailedException("Unable to connect to S127.0.0.1:30000:0."),
    ]);

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Call_ThatWasRefused_IsMadeAgain(Exception refusal) => Assert.Equal(
        3, await ClusterCall.AnswerAsync(() => ++_calls < 3 ? Task.FromException<int>(refusal) : Task.FromResult(_calls), What, Token));

    [Fact]
    public async Task Call_ThatWasRefusedOftenAndThenNotSent_IsMadeAgain()
    {
        const int Often = 15;
        var refusal = new SiloUnavailableException("The gateway 'S127.0.0.1:11111:1' is shutting down.");
        var answer = await ClusterCall.AnswerAsync(
            () => ++_calls switch
            {
                <= Often => Task.FromException<int>(refusal),
                Often + 1 => Task.FromException<int>(new ConnectionFailedException("Unable to connect to S127.0.0.1:30000:0.")),
                _ => Task.FromResult(_calls),
            },
            What,
            Token);
        Assert.Equal(Often + 2, answer);
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Call_ThatItsCallerHasGivenUp_IsNotMadeAgain(Exception refusal)
    {
        using var giving = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ClusterCall.AnswerAsync(
            async () =>
            {
                if (++_calls == 2)
                {
                    await giving.CancelAsync();
                }

                throw refusal;
            },
            What,
            giving.Token));
        Assert.Equal(2, _calls);
    }

    /// <summary>In a silo it comes as it is, and to a client as what can't be sent.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Call_WhoseGrainHasNoPlaceInTime_IsOfTheCluster(bool isSent)
    {
        Exception late = new TimeoutRejectedException();
        var error = isSent ? new CodecNotFoundException($"Could not find a codec for type {late.GetType().FullName}.") : late;
        var told = await Assert.ThrowsAsync<ClusterUnavailableException>(
            () => ClusterCall.AnswerAsync(() => Task.FromException<int>(error), What, Token));
        Assert.Same(error, told.InnerException);
    }

    [Fact]
    public async Task Call_OfWhichSomethingMayHaveCome_IsNotMadeAgain()
    {
        var lost = new SiloUnavailableException("The target silo became unavailable.");
        var error = await Assert.ThrowsAsync<ClusterUnavailableException>(() => ClusterCall.AnswerAsync(
            () =>
            {
                _calls++;
                return Task.FromException<int>(lost);
            },
            What,
            Token));
        Assert.Same(lost, error.InnerException);
        Assert.Equal(1, _calls);
    }

    private static string What() => "ask";
}
