using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Reflex.Cursors;
using Reflex.Orleans.State;
using Reflex.Orleans.Tests.Support;
using Reflex.Storage;
using Reflex.Storage.Sqlite;
using Reflex.Streams;
using EventId = Reflex.Events.EventId;

namespace Reflex.Orleans.Tests.State;

/// <summary>Cursors as a silo has stored them, beside logs that are of an earlier moment.</summary>
public sealed class StoredCursorTests
{
    private readonly TestData _data = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Verify_FolderOfAStoppedSilo_ReadsTheCursorsOfBothKindsOfConsumer()
    {
        await StoreAsync(partitions: 2);

        var found = SqliteStateVerifier.Verify(_data.Folder, StoredState.Read)!;

        Assert.Equal(0, found.UnreadCursors);
        Assert.Equal(
            ["orders/0/mailer", "orders/0/printer", "orders/1/mailer", "orders/1/printer"],
            found.Cursors.Select(cursor => cursor.Consumer.ToString()).Order());
        Assert.Equal(40, found.Cursors.Sum(cursor => cursor.Cursor.Value));
    }

    [Fact]
    public async Task Partition_WithACursorAheadOfItsHead_IsRefusedAtEveryOpeningUntilItIsRewound()
    {
        await StoreAsync(partitions: 1);

        // The log of an earlier moment: it has lost its last 15 events.
        var earlier = new TestData(_data.Folder);
        await using (var silo = await StartAsync(1, earlier, consumes: false, cursors: false))
        {
            await ConsumerSilo.AppendAsync(silo, 5);
        }

        await using (var silo = await StartAsync(1, earlier))
        {
            var stream = silo.Reflex.GetStream("orders");
            await Assert.ThrowsAsync<StoredCursorAheadException>(
                async () => await stream.StreamAsync("", Token).GetAsyncEnumerator(Token).MoveNextAsync());

            // A partition that can't be opened is tried again once a second.
            var error = await Asking.UntilAsync(
                () => Assert.ThrowsAsync<StoredCursorAheadException>(() => ConsumerSilo.AppendAsync(silo, 1)),
                _ => silo.Logs.GetSnapshot().Count(
                    record => record.Level == LogLevel.Error && record.Exception is StoredCursorAheadException) >= 3);
            Assert.False(error.IsTransient);
            Assert.Equal(
                (new PartitionId("orders", 0), new EventId(20), new EventId(5)), (error.Partition, error.Cursor, error.Head));
            Assert.Contains(error.Consumer.Value, new[] { "printer", "mailer" });
            Assert.Contains(
                $"The cursor of the consumer '{error.Consumer}' on orders/0 is 20, ahead of the head 5:",
                error.Message,
                StringComparison.Ordinal);
        }

        var moved = Rewind(_ => new EventId(5));
        Assert.Equal([("printer", 20), ("mailer", 20)], moved.OrderByDescending(cursor => cursor.Consumer.Consumer.Value)
            .Select(cursor => (cursor.Consumer.Consumer.Value, (int)cursor.Cursor.Value)));
        Assert.Empty(Rewind(_ => new EventId(5)));

        var seen = new Seen();
        await using var next = await StartAsync(1, earlier, seen);
        await ConsumerSilo.AppendAsync(next, 3);
        await seen.ReachesAsync(3);
        Assert.Equal([6, 7, 8], seen.Events.Select(e => e.Id.Value));
        Assert.Equal("5", (await SessionSilo.CursorAsync(next)).ToString());
    }

    [Fact]
    public async Task RewindCursors_OfSomePartitions_LeavesTheOthers()
    {
        await StoreAsync(partitions: 2);
        var before = SqliteStateVerifier.Verify(_data.Folder, StoredState.Read)!.Cursors.ToDictionary(cursor => cursor.Consumer);

        var moved = Rewind(partition => partition.Index == 1 ? EventId.None : null);

        Assert.All(moved, cursor => Assert.Equal(1, cursor.Consumer.Partition.Index));
        Assert.Equal(2, moved.Count);
        Assert.All(
            SqliteStateVerifier.Verify(_data.Folder, StoredState.Read)!.Cursors,
            cursor => Assert.Equal(
                cursor.Consumer.Partition.Index == 1 ? EventId.None : before[cursor.Consumer].Cursor, cursor.Cursor));
    }

    [Fact]
    public async Task Verify_CursorsOfAnotherForm_AreCountedAndNotCompared()
    {
        await StoreAsync(partitions: 1);
        using (var connection = new SqliteConnection($"Data Source={Path.Combine(_data.Folder, "reflex.db")};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "UPDATE grain_state SET payload = x'0102' WHERE grain LIKE '%printer'";
            Assert.Equal(1, command.ExecuteNonQuery());
        }

        var found = SqliteStateVerifier.Verify(_data.Folder, StoredState.Read)!;
        Assert.Equal((1, 1), (found.UnreadCursors, found.Cursors.Count));
        Assert.Single(Rewind(_ => EventId.None));
    }

    [Fact]
    public void Verify_NoDatabase_SaysSo()
    {
        Assert.Null(SqliteStateVerifier.Verify(_data.Folder, StoredState.Read));
        Assert.Empty(Rewind(_ => EventId.None));
    }

    [Fact]
    public void Verify_ALinkInItsPlace_IsRefusedAndNotFollowed()
    {
        File.CreateSymbolicLink(Path.Combine(_data.Folder, "reflex.db"), "/etc/passwd");
        var error = Assert.Throws<StorageRefusedException>(() => SqliteStateVerifier.Verify(_data.Folder, StoredState.Read));
        Assert.Contains("reflex.db is a symbolic link", error.Message, StringComparison.Ordinal);
    }

    private IReadOnlyList<StoredCursor> Rewind(Func<PartitionId, EventId?> headOf) =>
        StoredState.Read(SqliteStateRepair.Change(_data.Folder, record => StoredState.Rewind(record, headOf))).Cursors;

    /// <summary>20 events, which a consumer in the silo and one outside of it have handled.</summary>
    private async Task StoreAsync(int partitions)
    {
        var seen = new Seen();
        await using var silo = await StartAsync(partitions, _data, seen);
        await ConsumerSilo.AppendAsync(silo, 20);
        await seen.ReachesAsync(20);
        await using var session = await SessionSilo.OpenAsync(silo);
        var status = await silo.Reflex.GetStream("orders").GetStatusAsync(Token);
        await session.AcknowledgeAsync(
            Cursor.Parse(string.Join('.', status.Partitions.Select(partition => partition.Head))), Token);
    }

    private static Task<TestSilo> StartAsync(
        int partitions, TestData data, Seen? seen = null, bool consumes = true, bool cursors = true) => TestSilo.StartAsync(
        reflex =>
        {
            reflex.AddStream("orders", partitions);
            if (consumes)
            {
                reflex.AddConsumer<SeeingConsumer>("printer", "orders");
            }
        },
        data,
        services: services =>
        {
            services.AddSingleton(seen ?? new Seen());
            if (!cursors)
            {
                services.AddKeyedSingleton<global::Orleans.Storage.IGrainStorage>(
                    ReflexStorageNames.GrainStorage, new ScriptedStorage());
            }
        });
}
