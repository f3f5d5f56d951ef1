using Reflex.Consumers;
using Reflex.Orleans.Consumers;
using Reflex.Orleans.Sessions;
using Reflex.Orleans.Tests.Support;
using Reflex.Streams;
using static Reflex.Orleans.Tests.Support.SessionSilo;

namespace Reflex.Orleans.Tests.Sessions;

/// <summary>Which session has the consumer, of those that open at once or late.</summary>
public sealed class OpeningOrderTests(ITestOutputHelper output)
{
    private const int Partitions = 4;

    private readonly GrainCalls _calls = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Open_AfterThatOfANewerSession_TakesNothingOver()
    {
        await using var silo = await StartAsync(events: 5);
        await RegisterAsync(silo);
        var key = new ConsumerKey(new PartitionId("orders", 0), "mailer");
        var grain = silo.Grains.GetGrain<ISessionGrain>(key.ToString());
        var (older, givenUp, newer) = (SessionIds.After(0), SessionIds.After(1), SessionIds.After(1));
        await OpenAsync(older);
        await OpenAsync(newer);

        await Assert.ThrowsAsync<ConsumerReplacedException>(() => OpenAsync(givenUp));
        await Assert.ThrowsAsync<ConsumerReplacedException>(() => OpenAsync(older));

        await OpenAsync(newer);
        await grain.AcknowledgeAsync(new AcknowledgeRequest(newer, 2, Epoch: 0));
        await grain.FlushAsync(FlushRequest.Instance);
        Assert.Equal(2, (await grain.GetCursorAsync(GetCursorRequest.Instance)).Sessions);
        await silo.Grains.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero, Token);
        await Assert.ThrowsAsync<ConsumerReplacedException>(() => OpenAsync(givenUp));

        // Of an earlier silo, which draws its ids at random and knows of no order.
        var earlier = Guid.NewGuid();
        await OpenAsync(earlier);
        await grain.AcknowledgeAsync(new AcknowledgeRequest(earlier, 3, Epoch: 0));
        await Assert.ThrowsAsync<ConsumerReplacedException>(() => OpenAsync(SessionIds.After(2)));
        await grain.AcknowledgeAsync(new AcknowledgeRequest(earlier, 4, Epoch: 0));

        Task OpenAsync(Guid session) => grain.OpenAsync(new OpenRequest(session));
    }

    /// <summary>A call that froze on its way, was made again, and thaws when others have been answered.</summary>
    [Fact]
    public async Task StoreCursor_AfterALaterChange_MovesNothingBack()
    {
        await using var silo = await StartAsync(events: 5);
        await RegisterAsync(silo);
        var key = new ConsumerKey(new PartitionId("orders", 0), "mailer");
        var grain = silo.Grains.GetGrain<ISessionGrain>(key.ToString());
        Assert.True(await IsStoredAsync(2, number: 1));
        Assert.True(await IsStoredAsync(4, number: 2));

        Assert.False(await IsStoredAsync(2, number: 1));
        Assert.False(await IsStoredAsync(3, number: 2));
        Assert.Equal("4", await CursorAsync(silo));
        await silo.Grains.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero, Token);
        Assert.False(await IsStoredAsync(2, number: 2));
        Assert.Equal("4", await CursorAsync(silo));

        // One that leaves all as it is counts too, and so do controls.
        Assert.True(await IsStoredAsync(4, number: 3));
        Assert.False(await IsStoredAsync(2, number: 3));
        await Control(silo).SetCursorAsync("1", Token);
        Assert.False(await IsStoredAsync(2, number: 4));

        // A caller of an earlier version has no numbers. Whoever began before a session was opened comes too late.
        Assert.True(await IsStoredAsync(1, number: 0));
        var began = (await grain.GetCursorAsync(GetCursorRequest.Instance)).Sessions!.Value + 1;
        await using var session = await OpenAsync(silo);
        await session.AcknowledgeAsync("3", Token);
        Assert.False(await IsStoredAsync(2, began));
        Assert.Equal("3", await CursorAsync(silo));
        Assert.False(session.Ended.IsCompleted);

        async Task<bool> IsStoredAsync(long cursor, long number) =>
            !(await grain.StoreCursorAsync(new StoreCursorRequest(cursor, Epoch: 0, number))).IsOvertaken;
    }

    [Fact]
    public async Task SetAsync_SeveralAtOnce_AreAllMade()
    {
        await using var silo = await StartAsync(events: 5);
        var cursors = silo.Reflex.GetCursors("orders");
        await cursors.SetAsync("mailer", "5", Token);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => cursors.SetAsync("mailer", $"{(i % 4) + 1}", Token).AsTask()));
        await cursors.SetAsync("mailer", "3", Token);

        Assert.Equal("3", await CursorAsync(silo));
    }

    /// <param name="isSet">Whether somebody sets the cursor meanwhile, which ends the session that there is.</param>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task OpenSessionAsync_ThatWasGivenUp_TakesNothingOverWhenItComesLate(bool isSet)
    {
        await using var silo = await StartAsync(events: 5, calls: _calls);
        await using var older = await OpenAsync(silo);
        var (taken, goesOn, ended) = (NewSignal(), NewSignal(), NewSignal());
        var openings = 0;
        _calls.Before = method => method == "OpenAsync" && Interlocked.Increment(ref openings) == 1 ? HoldAsync() : Task.CompletedTask;
        using var givingUp = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var first = silo.Reflex.OpenSessionAsync("orders", null, "mailer", givingUp.Token);
        await taken.Task.WaitAsync(Token);
        await givingUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        if (isSet)
        {
            await silo.Reflex.GetCursors("orders").SetAsync("mailer", "1", Token);
        }

        await using var second = await OpenAsync(silo);

        _calls.After = method =>
        {
            if (method == "OpenAsync")
            {
                ended.TrySetResult();
            }
        };
        goesOn.SetResult();
        await ended.Task.WaitAsync(Token);

        await second.AcknowledgeAsync("3", Token);
        Assert.Equal("3", await CursorAsync(silo));
        Assert.False(second.Ended.IsCompleted);

        Task HoldAsync()
        {
            taken.SetResult();
            return goesOn.Task;
        }
    }

    /// <summary>It has the number that the next one found to be free.</summary>
    [Fact]
    public async Task OpenSessionAsync_WhenOneThatWasGivenUpComesBetween_TakesOver()
    {
        await using var silo = await StartAsync(events: 5, calls: _calls);
        var (taken, goesOn, ended) = (NewSignal(), NewSignal(), NewSignal());
        var openings = 0;
        _calls.Before = method => method != "OpenAsync" ? Task.CompletedTask : Interlocked.Increment(ref openings) switch
        {
            1 => HoldAsync(),
            2 => LetTheFirstPassAsync(),
            _ => Task.CompletedTask,
        };
        _calls.After = method => (method == "OpenAsync" ? ended : NewSignal()).TrySetResult();
        using var givingUp = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var first = silo.Reflex.OpenSessionAsync("orders", null, "mailer", givingUp.Token);
        await taken.Task.WaitAsync(Token);
        await givingUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);

        await using var second = await OpenAsync(silo);

        Assert.Equal(3, openings);
        await second.AcknowledgeAsync("3", Token);
        Assert.Equal("3", await CursorAsync(silo));

        Task HoldAsync()
        {
            taken.SetResult();
            return goesOn.Task;
        }

        Task LetTheFirstPassAsync()
        {
            goesOn.SetResult();
            return ended.Task;
        }
    }

    /// <summary>Each has the number that is next on its own partitions.</summary>
    [Fact]
    public async Task OpenSessionAsync_OfTheStreamBesideThatOfAPartition_HasAllPartitions()
    {
        await using var silo = await StartAsync(events: 100, partitions: Partitions, calls: _calls);
        await using var older = await OpenAsync(silo);
        IConsumerSession? one = null;
        var openings = 0;
        _calls.Before = async method =>
        {
            // The whole stream's has its number when its first part is opened.
            if (method == "OpenAsync" && Interlocked.Increment(ref openings) == 1)
            {
                one = await OpenAsync(silo, partition: Partitions - 1);
            }
        };

        await using var whole = await OpenAsync(silo);

        await whole.AcknowledgeAsync("2.2.2.2", Token);
        Assert.Equal("2.2.2.2", await CursorAsync(silo));
        Assert.IsType<ConsumerReplacedException>(await older.Ended.WaitAsync(Token));
        Assert.IsType<ConsumerReplacedException>(await one!.Ended.WaitAsync(Token));
        await one.DisposeAsync();
    }

    [Fact]
    public async Task OpenSessionAsync_SeveralAtOnce_LeavesTheConsumerToOneOfThem()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var silo = await StartAsync(events: 400, partitions: Partitions, calls: _calls);
        _calls.Before = method => method == "OpenAsync" ? YieldAsync(Next(6)) : Task.CompletedTask;
        for (var round = 1; round <= 30; round++)
        {
            var openers = Enumerable.Range(0, 3).Select(_ => Task.Run(TryOpenAsync, Token)).ToArray();
            var sessions = (await Task.WhenAll(openers)).OfType<IConsumerSession>().ToArray();

            var cursor = string.Join('.', Enumerable.Repeat(round, Partitions));
            var holders = await Task.WhenAll(sessions.Select(session => HoldsAllAsync(session, cursor)));

            Assert.True(holders.Count(holds => holds) == 1, $"round {round}: {holders.Count(holds => holds)} of {sessions.Length} hold it");
            await Task.WhenAll(sessions.Select(session => session.DisposeAsync().AsTask()));
        }

        async Task<IConsumerSession?> TryOpenAsync()
        {
            try
            {
                await YieldAsync(Next(6));
                return await OpenAsync(silo);
            }
            catch (ConsumerReplacedException)
            {
                return null;
            }
        }

        int Next(int below)
        {
            lock (random)
            {
                return random.Next(below);
            }
        }
    }

    private static async Task<bool> HoldsAllAsync(IConsumerSession session, string cursor)
    {
        try
        {
            await session.AcknowledgeAsync(cursor, Token);
            return true;
        }
        catch (ConsumerReplacedException)
        {
            return false;
        }
    }

    private static async Task YieldAsync(int times)
    {
        for (var i = 0; i < times; i++)
        {
            await Task.Yield();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
