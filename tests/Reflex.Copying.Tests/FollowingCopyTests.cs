using Microsoft.Extensions.Time.Testing;
using Reflex.Copying.Places;
using Reflex.Copying.Tests.Support;
using Reflex.Storage;
using Reflex.Storage.Sqlite;
using Reflex.Streams;
using Reflex.Tests.Shared;

namespace Reflex.Copying.Tests;

/// <summary>A copy that follows silos ends with all that they have done until they stopped.</summary>
public sealed class FollowingCopyTests(PostgresServer server) : IDisposable
{
    private readonly Storages _storages = new(server);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _storages.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Follow_OfASiloThatGoesOn_HoldsAllOfIt(bool isDatabase)
    {
        var random = Storages.Random();
        var (folder, target) = (await _storages.FilledAsync(random), await _storages.NewAsync(isDatabase));
        var content = new Content(random);
        Task<CopyReport> following;
        var clock = new FakeTimeProvider();
        await using (var silo = await Silo.StartAsync(folder))
        {
            var caughtUp = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            following = FollowAsync(folder, target, caughtUp, clock);
            await Task.WhenAny(caughtUp.Task, following).WaitAsync(Token);
            Assert.True(caughtUp.Task.IsCompleted, $"It has ended before: {following.Exception}");

            // What is there by now may be copied or not; new logs, and a deletion, come too.
            await GoOnAsync(silo.Logs, content);
        }

        SqliteStateCopy.Store(folder, content.Records());
        while (!following.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        var report = await following;
        Assert.True(report.Imported < report.Events);
        Assert.Equal(await Snapshot.OfAsync(folder), await Snapshot.OfAsync(target));
    }

    [Fact]
    public async Task Follow_WhereRetentionIsFaster_IsRefusedWithWhatIsMissing()
    {
        var random = Storages.Random();
        var (folder, target) = (_storages.NewFolder(), _storages.NewFolder());
        var partition = new PartitionId(StreamName.Parse("orders"), 0);
        var content = new Content(random);
        await using (var silo = await Silo.StartAsync(folder))
        await using (var log = await silo.Logs.OpenAsync(partition, Token))
        {
            await content.AppendAsync(log, 3);
        }

        Assert.False(await Storages.InterruptAsync(folder, target, new StepCrash("import", 0, isAfter: true)));
        await using (var silo = await Silo.StartAsync(folder))
        await using (var log = await silo.Logs.OpenAsync(partition, Token))
        {
            await content.AppendAsync(log, 40);
            while (await log.TrimAsync(new Retention { MaxBytes = 1 }, DateTimeOffset.UnixEpoch.AddYears(60), Token))
            {
            }
        }

        await Storages.RefusedAsync(folder, target, "in orders/0: expected events ", ", found events 1 to ", "; copy to an empty one");
    }

    [Fact]
    public async Task Follow_OfWhatNobodyUses_IsAnOrdinaryCopy()
    {
        var (folder, target) = (await _storages.FilledAsync(Storages.Random()), _storages.NewFolder());
        var caughtUp = new TaskCompletionSource();
        var report = await FollowAsync(folder, target, caughtUp, new FakeTimeProvider());
        Assert.True(report is { IsVerified: true, HasState: true });
        Assert.False(caughtUp.Task.IsCompleted);
        Assert.Equal(await Snapshot.OfAsync(folder), await Snapshot.OfAsync(target));
    }

    private static Task<CopyReport> FollowAsync(string from, string to, TaskCompletionSource caughtUp, TimeProvider clock) =>
        StorageCopy.FollowAsync(
            StoragePlace.Parse(from), StoragePlace.Parse(to), () => caughtUp.TrySetResult(), clock, cancellationToken: Token);

    private static async Task GoOnAsync(IEventLogProvider logs, Content content)
    {
        var all = await logs.ListAsync(null, Token);
        foreach (var partition in all.Append(new PartitionId(StreamName.Parse("new"), 1)))
        {
            await using var log = await logs.OpenAsync(partition, Token);
            await content.AppendAsync(log, 2);
        }

        var deleted = new PartitionId(StreamName.Parse("new"), 0);
        await using (var log = await logs.OpenAsync(deleted, Token))
        {
            await content.AppendAsync(log);
        }

        await logs.DeleteAsync(deleted, await logs.GetEpochAsync(deleted, Token), Token);
    }
}
