using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime.Messaging;
using Orleans.Serialization;
using Polly.Timeout;
using Reflex.Consumers;
using Reflex.Orleans.Calls;
using Reflex.Storage;
using Reflex.Streams;

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

    public static TheoryData<ReflexException> Failures => new((ReflexException[])
    [
        new LogBusyException(new PartitionId("orders", 1), 5),
        new LogFailedException(new PartitionId("orders", 1), "its disk is gone."),
        new ConsumerStoppedException(new ConsumerId("orders", "mailer")),
    ]);

    [Theory]
    [MemberData(nameof(Failures), DisableDiscoveryEnumeration = true)]
    public async Task Failure_OfANewerSilo_IsToldAsTheSiloDid(ReflexException failure)
    {
        var services = new ServiceCollection()
            .AddSerializer()
            .Configure<ExceptionSerializationOptions>(options => options.SupportedNamespacePrefixes.Add(nameof(Reflex)));
        await using var provider = services.BuildServiceProvider();
        var serializer = provider.GetRequiredService<Serializer<Exception>>();

        // As if its type were one that only the newer version has.
        var name = failure.GetType().Name;
        var sent = Encoding.Latin1.GetString(serializer.SerializeToArray(failure));
        var received = serializer.Deserialize(
            Encoding.Latin1.GetBytes(sent.Replace(name, $"{name[..^1]}X", StringComparison.Ordinal)))!;

        var told = await Assert.ThrowsAnyAsync<ReflexException>(
            () => ClusterCall.AnswerAsync(() => Task.FromException<int>(received), What, Token));

        Assert.NotEqual(failure.GetType(), told.GetType());
        Assert.Equal((failure.Message, failure.ClientMessage, failure.IsTransient), (told.Message, told.ClientMessage, told.IsTransient));
        Assert.Equal(failure.IsTransient, ClusterCall.IsTransient(told));
        Assert.Equal(failure.IsTransient ? ErrorCode.Unavailable : ErrorCode.Failed, told.Code);
        await Assert.ThrowsAnyAsync<ReflexException>(() => Task.FromException<int>(received).AnswerAsync(What, Token));
        await Assert.ThrowsAnyAsync<ReflexException>(() => Task.FromException(received).AnswerAsync(What, Token));
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
