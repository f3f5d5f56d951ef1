using System.Text;
using Reflex.Copying.Places;
using Reflex.Copying.Tests.Support;
using Reflex.Storage;
using Reflex.Streams;
using Reflex.Tests.Shared;

namespace Reflex.Copying.Tests;

public sealed class RefusedCopyTests(PostgresServer server) : IDisposable
{
    private static readonly PartitionId First = new(StreamName.Parse("stream-0"), 0);

    private readonly Storages _storages = new(server);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _storages.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Copy_ToWhatHoldsSomethingElse_IsRefusedAndChangesNothing(bool isDatabase)
    {
        var random = Storages.Random();
        var one = await _storages.FilledAsync(random, streams: 1);
        var other = await _storages.FilledAsync(random, streams: 1);
        foreach (var folder in new[] { one, other })
        {
            await Storages.ChangeStateAsync(folder, _ => [Cursor(12)]);
        }

        // A whole copy of another life, and one that isn't finished.
        var target = await _storages.NewAsync(isDatabase);
        await Storages.CopyAsync(one, target);
        var held = await Snapshot.OfAsync(target);
        await Storages.RefusedAsync(
            other, target, "The target, ", " holds something else than the source in stream-0/", ": expected ", ", found ");
        Assert.Equal(held, await Snapshot.OfAsync(target));
        var unfinished = await _storages.NewAsync(isDatabase);
        Assert.False(await Storages.InterruptAsync(one, unfinished, new StepCrash("import", 0, isAfter: true)));
        await Storages.RefusedAsync(other, unfinished, "in stream-0/0: expected events ", ", found events ", " of life ");
        await Storages.CopyAsync(one, unfinished);
        Assert.Equal(held, await Snapshot.OfAsync(unfinished));

        // A consumer has gone on there.
        await Storages.ChangeStateAsync(one, _ => [Cursor(13)]);
        await Storages.RefusedAsync(one, target, "the cursor of the consumer 'mailer' in stream-0/0 is another than expected");
        await Storages.ChangeStateAsync(one, _ => []);
        await Storages.RefusedAsync(one, target, "the cursor of the consumer 'mailer' in stream-0/0 is there, which isn't expected");
        await Storages.ChangeStateAsync(one, _ => [Cursor(12), Cursor(12) with { State = "other" }]);
        await Storages.RefusedAsync(one, target, "expected the state 'other' of reflex.cursor/stream-0/0/mailer, found none");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Copy_ToLogsOfItsOwn_IsRefused(bool isDatabase)
    {
        var random = Storages.Random();
        var folder = await _storages.FilledAsync(random, streams: 1);
        var target = await _storages.NewAsync(isDatabase);
        await using (var silo = await Silo.StartAsync(target))
        {
            await using var log = await silo.Logs.OpenAsync(new PartitionId(StreamName.Parse("other"), 3), Token);
        }

        await Storages.RefusedAsync(folder, target, "in other/3: expected no log, found one");
    }

    [Fact]
    public async Task Copy_OfAFolderThatASiloUses_IsRefused()
    {
        var folder = await _storages.FilledAsync(Storages.Random(), streams: 1);
        var database = await _storages.NewDatabaseAsync();
        await using (await Silo.StartAsync(folder))
        {
            await Storages.RefusedAsync(folder, database, "is in use by process ");
        }

        var other = await _storages.FilledAsync(Storages.Random(), streams: 1);
        await using var silo = await Silo.StartAsync(folder);
        await Storages.RefusedAsync(other, folder, "is in use by process ");
    }

    [Fact]
    public async Task Copy_WithADatabaseThatASiloUses_IsRefusedUntilItIsDead()
    {
        var folder = await _storages.FilledAsync(Storages.Random(), streams: 1);
        var database = await _storages.NewDatabaseAsync();
        await using (await Silo.StartAsync(database))
        {
        }

        const string Silos = "insert into reflex.silos (cluster_id, address, etag, status, entry, alive_at) values ";
        await PostgresServer.ExecuteAsync(database, $"{Silos} ('one', '10.0.0.1:11111@1', 1, 3, '{{}}', now() - interval '7 seconds')");
        string[] expected =
            ["The silo 10.0.0.1:11111@1 of the cluster 'one' uses the schema reflex ", " s ago: stop all silos first"];
        await Storages.RefusedAsync(folder, database, expected);
        await PostgresServer.ExecuteAsync(database, "update reflex.silos set status = 6");
        await Storages.CopyAsync(folder, database);
        await PostgresServer.ExecuteAsync(database, "update reflex.silos set status = 3");
        await Storages.RefusedAsync(database, _storages.NewFolder(), expected[0]);

        // It was killed, and had no time to say so.
        await PostgresServer.ExecuteAsync(database, "update reflex.silos set alive_at = now() - interval '3 minutes'");
        await Storages.CopyAsync(database, _storages.NewFolder());
    }

    [Fact]
    public async Task Copy_WhoseTargetIsOpenedBySomebodyElse_FailsAndIsFinishedByTheNext()
    {
        var folder = await _storages.FilledAsync(Storages.Random(), streams: 1);
        var database = await _storages.NewDatabaseAsync();
        await using (var other = await StoragePlace.Parse(database).OpenTargetAsync(Token))
        {
            await Assert.ThrowsAsync<LogFencedException>(
                () => Storages.InterruptAsync(folder, database, new OtherOwner(other.Logs, First)));
        }

        await Storages.CopyAsync(folder, database);
        Assert.Equal(await Snapshot.OfAsync(folder), await Snapshot.OfAsync(database));
    }

    [Fact]
    public async Task Copy_OfWhatIsNotThere_IsRefusedAndMakesNothing()
    {
        var (nowhere, target) = (_storages.NewFolder(), _storages.NewFolder());
        await Storages.RefusedAsync(nowhere, target, "There is no data folder ");
        Assert.False(Directory.Exists(target));
        var database = await _storages.NewDatabaseAsync();
        await Storages.RefusedAsync(database, target, "the schema reflex ", " isn't there, or is an older version's");
        await Storages.RefusedAsync(nowhere, nowhere, "The source and the target are the same storage");
        await Storages.RefusedAsync(nowhere, $"{nowhere}/", "The source and the target are the same storage");
        await Storages.RefusedAsync("Host=127.0.0.1;Port=1;Password=secret", target, "PostgreSQL can't be used: ");
    }

    [Theory]
    [InlineData("", null, "A storage is named by nothing")]
    [InlineData("postgres://user:secret@db/reflex", null, "The storage 'postgres://…' is an address")]
    [InlineData("data", "reflex", "The data folder data has no schema")]
    public void Parse_OfWhatIsNoStorage_IsRefused(string text, string? schema, string expected)
    {
        var error = Assert.Throws<FormatException>(() => StoragePlace.Parse(text, schema));
        Assert.StartsWith(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Host=db", true)]
    [InlineData("data", false)]
    [InlineData("./a=b", false)]
    [InlineData("/a=b", false)]
    public void Parse_TellsFoldersFromDatabases(string text, bool isDatabase) =>
        Assert.Equal(isDatabase, StoragePlace.Parse(text) is PostgresPlace);

    private static StateRecord Cursor(int cursor) =>
        new("reflex.cursor/stream-0/0/mailer", "cursor", Encoding.UTF8.GetBytes($$"""{"form":3,"reader":0,"cursor":{{cursor}}}"""));
}
