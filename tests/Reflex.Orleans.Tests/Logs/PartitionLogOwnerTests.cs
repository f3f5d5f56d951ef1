using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Reflex.Cursors;
using Reflex.Diagnostics;
using Reflex.Events;
using Reflex.Orleans.Logs;
using Reflex.Orleans.Tests.Support;
using Reflex.Storage;
using Reflex.Streams;
using Reflex.Testing;
using Reflex.Tests.Shared;

namespace Reflex.Orleans.Tests.Logs;

/// <summary>What an owner answers when a newer one may have opened the log.</summary>
public sealed class PartitionLogOwnerTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Long = TimeSpan.FromDays(1);

    // REFLEX_OWNERS_SEED repeats a run.
    private static readonly int Seed =
        int.TryParse(Environment.GetEnvironmentVariable("REFLEX_OWNERS_SEED"), CultureInfo.InvariantCulture, out var seed)
            ? seed
            : Random.Shared.Next();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Claims => ["head", "empty", "ahead", "expired", "life", "life in the log", "bounds", "place"];

    [Theory, MemberData(nameof(Claims))]
    public async Task Claim_OfAnOwnerThatIsReplaced_IsRefusedAndEndsIt(string claim)
    {
        await using var older = await OpenAsync(claim);
        await ClaimAsync(older, claim);
        var (epoch, script) = (older.Log.Bounds.HeadEpoch, older.Script);
        await using var newer = await TestPartition.OpenAsync(older.Provider);
        await newer.AppendAsync(10);

        var error = await Assert.ThrowsAsync<LogFencedException>(() => ClaimAsync(older, claim, epoch));

        Assert.True(error.IsTransient);
        Assert.Equal((script.Epoch, newer.Script.Epoch), (error.Epoch, error.FoundEpoch));
        Assert.IsType<LogFencedException>(await older.Log.Failed);
        var asked = script.Confirmations;
        var again = await Assert.ThrowsAsync<LogFencedException>(() => ClaimAsync(older, claim, epoch));
        Assert.Equal((error.Epoch, error.FoundEpoch), (again.Epoch, again.FoundEpoch));
        Assert.Equal(asked, script.Confirmations);
        await Assert.ThrowsAsync<LogFailedException>(() => older.AppendAsync());
    }

    /// <summary>The storage went back to an older moment, say: readers alone have it opened again.</summary>
    [Theory, MemberData(nameof(Claims))]
    public async Task Claim_OfAnOwnerWhoseLogIsOfNoMoreUse_FailsAndEndsIt(string claim)
    {
        await using var partition = await OpenAsync(claim);
        var failure = new LogFailedException(partition.Log.Partition, "it isn't what it was.");
        partition.Script.ConfirmFault = failure;
        await Assert.ThrowsAsync<LogFailedException>(() => ClaimAsync(partition, claim));
        Assert.False(partition.Log.Failed.IsCompleted);
        partition.Script.Failure = failure;

        await Assert.ThrowsAsync<LogFailedException>(() => ClaimAsync(partition, claim));

        Assert.Same(failure, await partition.Log.Failed);
    }

    [Fact]
    public async Task ReadAsync_EventsOrWaiting_AsksNothing()
    {
        await using var partition = await TestPartition.OpenAsync();
        await partition.AppendAsync(3);
        await partition.ReadAsync(0);
        await partition.ReadAsync(null, wait: Long);
        partition.Log.ForgetRecent();
        await partition.ReadAsync(0);
        var waiting = partition.ReadAsync(3, wait: Long);
        partition.Clock.Advance(Long);
        Assert.True((await waiting).IsEmpty);
        Assert.Equal(0, partition.Script.Confirmations);

        Assert.True((await partition.ReadAsync(3)).IsEmpty);
        Assert.Equal(1, partition.Script.Confirmations);
    }

    /// <summary>Of events that are there an older owner still tells; they stay what they are.</summary>
    [Fact]
    public async Task ReadAsync_EventsOfAnOwnerThatIsReplaced_AreReturned()
    {
        await using var older = await TestPartition.OpenAsync();
        await older.AppendAsync(3);
        await using var newer = await TestPartition.OpenAsync(older.Provider);
        await newer.AppendAsync(3);
        Assert.Equal([1, 2, 3], await older.ReadIdsAsync(null));
        older.Log.ForgetRecent();
        Assert.Equal([1, 2, 3], await older.ReadIdsAsync(0));
        Assert.False(older.Log.Failed.IsCompleted);
    }

    [Fact]
    public async Task Claims_ManyAtOnce_AskTwice()
    {
        await using var partition = await TestPartition.OpenAsync();
        await partition.AppendAsync(3);
        var gate = partition.Script.BeforeConfirm = new Gate();
        var first = partition.ReadAsync(3);
        await gate.Arrived;
        var others = Enumerable.Range(0, 50).Select(_ => partition.ReadAsync(3))
            .Concat(Enumerable.Range(4, 50).Select(async id =>
            {
                await Assert.ThrowsAsync<CursorAheadException>(() => partition.ReadAsync(id));
                return await first;
            })).ToArray();
        gate.Open();
        Assert.All(await Task.WhenAll([first, .. others]), page => Assert.True(page.IsEmpty));
        Assert.Equal(2, partition.Script.Confirmations);

        await partition.ReadAsync(3);
        Assert.Equal(3, partition.Script.Confirmations);
    }

    /// <summary>The asking that is under way has had its answer before the claim's look.</summary>
    [Fact]
    public async Task Claim_WhileAnotherIsConfirmed_IsConfirmedAfterIt()
    {
        await using var older = await TestPartition.OpenAsync();
        await older.AppendAsync(3);
        var gate = older.Script.AfterConfirm = new Gate();
        var first = older.ReadAsync(3);
        await gate.Arrived;
        await using var newer = await TestPartition.OpenAsync(older.Provider);
        await newer.AppendAsync(1);
        var second = older.ReadAsync(3);
        gate.Open();
        Assert.True((await first).IsEmpty);
        await Assert.ThrowsAsync<LogFencedException>(() => second);
    }

    [Fact]
    public async Task Claim_TheStorageCannotBeAsked_FailsAndTheOwnerGoesOn()
    {
        await using var partition = await TestPartition.OpenAsync();
        await partition.AppendAsync(3);
        partition.Script.ConfirmFault = new IOException("The disk is away.");
        var error = await Assert.ThrowsAsync<LogFailedException>(() => partition.ReadAsync(3));
        Assert.Contains("its owner could not be asked for; ask again.", error.Message, StringComparison.Ordinal);
        Assert.True(error.IsTransient);
        Assert.Equal([1, 2, 3], await partition.ReadIdsAsync(null));
        partition.Script.ConfirmFault = null;
        Assert.True((await partition.ReadAsync(3)).IsEmpty);
        await partition.AppendAsync();
        Assert.False(partition.Log.Failed.IsCompleted);
    }

    [Fact]
    public async Task Claim_Cancelled_EndsAndTheOthersGoOn()
    {
        await using var partition = await TestPartition.OpenAsync();
        var gate = partition.Script.BeforeConfirm = new Gate();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var cancelled = partition.Log.ReadAsync(null, 100, TimeSpan.Zero, ending.Token);
        await gate.Arrived;
        var other = partition.ReadAsync(null);
        await ending.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        var closing = partition.DisposeAsync().AsTask();
        Assert.False(closing.IsCompleted);
        gate.Open();

        // The log is closed only when nobody asks it any more: the scripted one says so.
        await closing;
        await Assert.ThrowsAsync<LogFailedException>(() => other);
    }

    /// <summary>A newer owner has removed what the older one's read looks for.</summary>
    [Theory]
    [InlineData(typeof(ArgumentOutOfRangeException))]
    [InlineData(typeof(LogCorruptedException))]
    [InlineData(typeof(LogFailedException))]
    public async Task ReadAsync_TheLogsReadFails_IsThatOnlyForTheOwner(Type type)
    {
        await using var older = await TestPartition.OpenAsync();
        await older.AppendAsync(3);
        older.Log.ForgetRecent();
        Exception fault = type == typeof(LogCorruptedException) ? new LogCorruptedException("Damaged.")
            : type == typeof(LogFailedException) ? new LogFailedException(TestPartition.Id, "gone.")
            : new ArgumentOutOfRangeException("after");
        older.Script.ReadFault = fault;
        Assert.Same(fault, await Record.ExceptionAsync(() => older.ReadAsync(0)));
        var script = older.Script;
        await using var newer = await TestPartition.OpenAsync(older.Provider);
        Assert.Equal(1, script.Confirmations);
        await Assert.ThrowsAsync<LogFencedException>(() => older.ReadAsync(0));
        Assert.IsType<LogFencedException>(await older.Log.Failed);
    }

    [Fact]
    public async Task CheckOwnerAsync_WhileReadersWait_FindsANewerOwner()
    {
        await using var older = await TestPartition.OpenAsync();
        var script = older.Script;
        await older.Log.CheckOwnerAsync(Token);
        Assert.Equal(0, script.Confirmations);
        var waiting = older.ReadAsync(0, wait: Long);
        await older.Log.CheckOwnerAsync(Token);
        Assert.Equal(1, script.Confirmations);
        await using var newer = await TestPartition.OpenAsync(older.Provider);
        await Assert.ThrowsAsync<LogFencedException>(() => older.Log.CheckOwnerAsync(Token));
        Assert.IsType<LogFencedException>(await older.Log.Failed);
        await older.DisposeAsync();
        await Assert.ThrowsAsync<LogFailedException>(() => waiting);
    }

    [Fact]
    public async Task AnyHistoryOfOwnersAndReaders_ClaimsNothingThatWasNeverSo()
    {
        var (claims, refusals) = (0, 0);
        using var meters = new TestMeters();
        var instruments = new PartitionInstruments(meters, new CommitTimes(TimeProvider.System));
        var clock = new RetentionClock(TimeProvider.System, instruments, NullLogger<RetentionClock>.Instance);
        output.WriteLine($"seed {Seed}");
        for (var number = 0; number < 100; number++)
        {
            var provider = new MemoryEventLogProvider();
            var options = new PartitionLogOptions { MaxRecentBytes = number % 2 == 0 ? 0 : 5000 };
            var history = new OwnersHistory(
                Seed + number,
                () => PartitionLog.OpenAsync(provider, TestPartition.Id, options, TimeProvider.System, instruments, Token),
                owner => owner.TrimAsync(() => ValueTask.FromResult<Retention?>(new Retention { MaxBytes = 1 }), clock, Token),
                async () => await provider.DeleteAsync(TestPartition.Id, await provider.GetEpochAsync(TestPartition.Id, Token), Token));
            await history.RunAsync(Token);
            (claims, refusals) = (claims + history.Counts.Claims, refusals + history.Counts.Refusals);
        }

        output.WriteLine($"{claims} claims, {refusals} refusals");
        Assert.True(claims > 1000 && refusals > 100, $"{claims} claims, {refusals} refusals");
    }

    private static async Task<TestPartition> OpenAsync(string claim)
    {
        var partition = await TestPartition.OpenAsync();
        if (claim == "empty")
        {
            return partition;
        }

        for (var i = 0; i < 6; i++)
        {
            await partition.AppendAsync(1);
        }

        if (claim == "expired")
        {
            await partition.TrimAsync(new Retention { MaxBytes = 1 }, Token);
        }

        if (claim == "life in the log")
        {
            partition.Log.ForgetRecent();
        }

        return partition;
    }

    /// <summary>Asks for something that the owner can claim; of the epoch of its events where that matters.</summary>
    private static async Task ClaimAsync(TestPartition partition, string claim, long? epoch = null)
    {
        epoch ??= partition.Log.Bounds.HeadEpoch;
        switch (claim)
        {
            case "head":
                Assert.True((await partition.ReadAsync(6)).IsEmpty);
                break;
            case "empty":
                Assert.True((await partition.ReadAsync(null)).IsEmpty);
                break;
            case "ahead":
                await ThrowsAsync<CursorAheadException>(() => partition.ReadAsync(7, wait: Long));
                break;
            case "expired":
                await ThrowsAsync<CursorExpiredException>(() => partition.ReadAsync(0, wait: Long));
                break;
            case "life" or "life in the log":
                await ThrowsAsync<CursorOfAnotherLifeException>(
                    () => partition.Log.ReadAsync(new CursorPlace(new EventId(3), epoch.Value + 1), 1000, Long, Token));
                break;
            case "bounds":
                Assert.Equal(6, (await partition.Log.GetBoundsAsync(Token)).Head.Value);
                break;
            default:
                Assert.Equal(epoch, (await partition.Log.FindAsync(new EventId(2), Token)).Epoch);
                break;
        }

        async Task ThrowsAsync<TException>(Func<Task> call)
            where TException : ReflexException
        {
            try
            {
                await call();
            }
            catch (TException)
            {
                return;
            }

            Assert.Fail($"It was not refused with {typeof(TException).Name}.");
        }
    }
}
