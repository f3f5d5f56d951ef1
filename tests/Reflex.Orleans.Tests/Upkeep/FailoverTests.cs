using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Reflex.Events;
using Reflex.Orleans.Consumers;
using Reflex.Orleans.Tests.Support;
using Reflex.Streams;

namespace Reflex.Orleans.Tests.Upkeep;

/// <summary>Consumers whose silo is gone, while another silo answers nobody who looks after its consumers.</summary>
public sealed class FailoverTests
{
    private const int Partitions = 24;
    private const int Events = 120;
    private const string Late = "late-";

    private readonly GrainCalls _calls = new();
    private readonly TaskCompletionSource _allHang = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _hanging;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Consumers_OfASiloThatIsKilled_RunElsewhereWhileAnotherSilosCallsHang()
    {
        var (seen, other) = (new Seen(), new OtherSeen());
        await using var cluster = await TestCluster.StartAsync(
            options => options.ConsumerCheckInterval = TimeSpan.FromSeconds(2),
            reflex => WithPatience(reflex).AddSeeing(seen),
            reflex => WithPatience(reflex).AddOther(other).Services.AddSingleton<IIncomingGrainCallFilter>(_calls),
            reflex => WithPatience(reflex).AddSeeing(new Seen()));
        var (stays, hangs, dies) = (cluster.Silos[0], cluster.Silos[1], cluster.Silos[2]);
        await stays.Reflex.DefineStreamAsync(new StreamDefinition("orders", Partitions), Token);
        await cluster.AppendAsync(Events);
        await other.ReachesAsync(Events);
        await Asking.UntilAsync(
            () => stays.Reflex.GetConsumer("orders", "printer").GetStatusAsync(Token), status => status.LagEvents == 0);
        var places = await Asking.UntilAsync(() => stays.PlacesAsync("reflex.consumer"), places => places.Count == 2 * Partitions);
        Assert.Contains(dies.Address, places.Values);

        // Each silo looks after some of those that hang: whoever waits for all its calls waits now.
        _calls.Before = method => method == nameof(IConsumerGrain.EnsureRunningAsync) ? HangAsync() : Task.CompletedTask;
        await _allHang.Task.WaitAsync(Token);
        try
        {
            await cluster.KillAsync(dies);
            var late = Enumerable.Range(0, Events).Select(i => new NewEvent(i, $"{Late}{i}")).ToArray();
            await Asking.AgainAsync(() => stays.Reflex.GetStream("orders").AppendAsync(late, Token));

            // Only the look at what is missing has started them: whoever asks a consumer anything starts it too.
            await LateOnesAsync(seen);
            Assert.DoesNotContain(
                stays.Logs.GetSnapshot().Concat(hangs.Logs.GetSnapshot()),
                log => log.Exception is TimeoutException && log.Message.Contains("could not be looked after", StringComparison.Ordinal));
        }
        finally
        {
            _goOn.SetResult();
        }
    }

    /// <summary>Has calls hang for longer than anything here takes, on a slow machine too.</summary>
    private static IReflexBuilder WithPatience(IReflexBuilder reflex)
    {
        reflex.Services.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromMinutes(1));
        return reflex;
    }

    /// <summary>Ends when all of them were seen; what was appended by a call without an answer may be there twice.</summary>
    private static async Task LateOnesAsync(Seen seen)
    {
        while (seen.Events is var handled && handled.Select(e => e.ForeignId).Where(IsLate).Distinct().Count() < Events)
        {
            await seen.ReachesAsync(handled.Count + 1);
        }
    }

    private static bool IsLate(string foreignId) => foreignId.StartsWith(Late, StringComparison.Ordinal);

    private Task HangAsync()
    {
        if (Interlocked.Increment(ref _hanging) == Partitions)
        {
            _allHang.SetResult();
        }

        return _goOn.Task;
    }
}
