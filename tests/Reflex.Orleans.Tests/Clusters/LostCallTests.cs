using Microsoft.Extensions.DependencyInjection;
using Reflex.Events;
using Reflex.Orleans.Tests.Support;
using Reflex.Streams;

namespace Reflex.Orleans.Tests.Clusters;

/// <summary>Calls that are never answered, though the silo that has them lives: as those that a connection takes along that ends.</summary>
public sealed class LostCallTests
{
    private readonly GrainCalls _calls = new();
    private readonly TaskCompletionSource _taken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _goesOn = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Reader_WhoseCallIsLost_AsksAgainWhenAnotherSiloIsGone()
    {
        await using var cluster = await StartAsync();
        var (caller, other) = await FindBesideOwnerAsync(cluster);
        HoldTheFirst("ReadAsync");
        var read = ReadFirstAsync(caller);
        await _taken.Task.WaitAsync(Token);
        await cluster.AppendAsync(1);

        await cluster.KillAsync(other);

        Assert.Equal(1, (await read).Id.Value);
        Assert.DoesNotContain(
            caller.Logs.GetSnapshot(), log => log.Message.StartsWith("Could not read orders/0", StringComparison.Ordinal));
        _goesOn.SetResult();
    }

    [Fact]
    public async Task Append_WhoseCallIsLost_FailsSoonWithAnUnknownOutcome()
    {
        await using var cluster = await StartAsync();
        var (caller, other) = await FindBesideOwnerAsync(cluster);
        HoldTheFirst("AppendAsync");
        var append = AppendAsync(caller);
        await _taken.Task.WaitAsync(Token);

        await cluster.KillAsync(other);

        var error = await Assert.ThrowsAsync<ClusterUnavailableException>(() => append);
        Assert.Contains("No answer came after a connection to a silo had ended", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, (await AppendAsync(caller)).Id.Value);
        _goesOn.SetResult();
    }

    [Fact]
    public async Task Append_ThatIsOnlySlowWhenASiloIsGone_IsAnswered()
    {
        await using var cluster = await StartAsync();
        var (caller, other) = await FindBesideOwnerAsync(cluster);
        HoldTheFirst("AppendAsync");
        var append = AppendAsync(caller);
        await _taken.Task.WaitAsync(Token);

        await cluster.KillAsync(other);
        _goesOn.SetResult();

        Assert.Equal(1, (await append).Id.Value);
    }

    /// <summary>Each of them would tell of losses of its own, which are none to a client that has heard of another one's.</summary>
    [Fact]
    public async Task Client_OfSeveralGateways_WaitsAtOneOfThemForLosses()
    {
        await using var cluster = await StartAsync();
        var waits = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _calls.Before = method =>
        {
            if (method == "WaitAsync" && _calls.CountOf(method) == 2)
            {
                waits.SetResult();
            }

            return Task.CompletedTask;
        };
        var client = await cluster.ConnectAsync();
        await waits.Task.WaitAsync(Token);

        for (var i = 0; i < 200; i++)
        {
            await client.GetStream("orders").AppendAsync(new NewEvent(i, "entity"), Token);
        }

        Assert.InRange(_calls.CountOf("WaitAsync"), 2, 4);
    }

    private Task<TestCluster> StartAsync()
    {
        Action<IReflexBuilder> silo = reflex =>
        {
            reflex.AddStream("orders");
            reflex.Services.AddSingleton<IIncomingGrainCallFilter>(_calls);
        };
        return TestCluster.StartAsync(silo, silo, silo);
    }

    /// <summary>Two silos that don't own the stream's partition.</summary>
    private static async Task<(ClusterSilo Caller, ClusterSilo Other)> FindBesideOwnerAsync(TestCluster cluster)
    {
        await cluster.Silos[0].Reflex.GetStream("orders").GetStatusAsync(Token);
        var owner = (await cluster.Silos[0].PlacesAsync("reflex.partition"))["orders/0"];
        var others = cluster.Silos.Where(silo => !silo.Address.Equals(owner)).ToList();
        return (others[0], others[1]);
    }

    private void HoldTheFirst(string method)
    {
        var taken = 0;
        _calls.Before = called => called == method && Interlocked.Exchange(ref taken, 1) == 0 ? HoldAsync() : Task.CompletedTask;
    }

    private Task HoldAsync()
    {
        _taken.SetResult();
        return _goesOn.Task;
    }

    private static Task<EventPosition> AppendAsync(ClusterSilo silo) =>
        silo.Reflex.GetStream("orders").AppendAsync(new NewEvent(1, "a"), Token);

    private static async Task<Event> ReadFirstAsync(ClusterSilo silo) =>
        await silo.Reflex.GetStream("orders").StreamAsync(default, new StreamOptions(), Token).FirstAsync(Token);
}
