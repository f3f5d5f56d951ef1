using Reflex.Copying.Tests.Support;
using Reflex.Storage;
using Reflex.Tests.Shared;

namespace Reflex.Copying.Tests;

/// <summary>A copy that ends anywhere is nobody's storage, and the next run finishes it.</summary>
public sealed class InterruptedCopyTests(PostgresServer server) : IDisposable
{
    private readonly Storages _storages = new(server);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _storages.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Copy_ThatEndsAtEachKindOfStepInTurn_IsFinishedByTheNext(bool isDatabase)
    {
        var random = Storages.Random();
        var folder = await _storages.FilledAsync(random, streams: 4);
        var expected = await Snapshot.OfAsync(folder);
        var target = await _storages.NewAsync(isDatabase);

        // Each run comes to the step, and none before has come further than to the one before it.
        foreach (var kind in StepCrash.Kinds)
        {
            foreach (var isAfter in new[] { false, true })
            {
                Assert.False(await Storages.InterruptAsync(folder, target, new StepCrash(kind, 0, isAfter)));
                if (kind == "finish" && isAfter)
                {
                    continue;
                }

                var error = await Assert.ThrowsAsync<StorageRefusedException>(() => Silo.StartAsync(target));
                Assert.Contains("is a copy that isn't finished: run the same 'reflex copy' again", error.Message, StringComparison.Ordinal);
            }
        }

        Assert.Equal(expected, await Snapshot.OfAsync(target));

        // A whole one is compared, and stays as it is.
        Assert.Equal(0, (await Storages.CopyAsync(folder, target)).Imported);
        Assert.Equal(expected, await Snapshot.OfAsync(target));
        await using var silo = await Silo.StartAsync(target);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Copy_ThatEndsAtOneStepOfAny_IsFinishedByTheNext(bool isDatabase)
    {
        var random = Storages.Random();
        var folder = await _storages.FilledAsync(random, streams: 4);
        var expected = await Snapshot.OfAsync(folder);
        for (var i = 0; i < 8; i++)
        {
            var target = await _storages.NewAsync(isDatabase);
            await Storages.InterruptAsync(folder, target, new StepCrash(null, random.Next(40), isAfter: random.Next(2) == 0));
            await Storages.CopyAsync(folder, target);
            Assert.Equal(expected, await Snapshot.OfAsync(target));
        }
    }

    [Theory]
    [InlineData("delete from reflex.batches where last = (select min(last) from reflex.batches)")]
    [InlineData("update reflex.batches set bytes = set_byte(bytes, 100, (get_byte(bytes, 100) + 1) % 256)")]
    public async Task Copy_WhoseTargetIsDamagedMeanwhile_IsNotFinished(string damage)
    {
        var folder = await _storages.FilledAsync(Storages.Random(), streams: 1);
        var target = await _storages.NewDatabaseAsync();
        await Assert.ThrowsAsync<LogCorruptedException>(() => Storages.InterruptAsync(folder, target, new Damage(target, damage)));
        await Assert.ThrowsAsync<StorageRefusedException>(() => Silo.StartAsync(target));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Copy_WhoseSourceASiloUsesThatNobodySees_IsRefusedAtItsEnd(bool appends)
    {
        var random = Storages.Random();
        var source = await _storages.NewDatabaseAsync();
        await Storages.CopyAsync(await _storages.FilledAsync(random, streams: 2), source);
        var target = await _storages.NewDatabaseAsync();
        await using (var silo = await Silo.StartAsync(source))
        {
            var partition = (await silo.Logs.ListAsync(null, Token)).First();
            var error = await Assert.ThrowsAsync<StorageRefusedException>(() => Storages.InterruptAsync(
                source, target, new UnseenSilo(silo.Logs, partition, appends ? new Content(random) : null)));
            Assert.Contains(
                $"was changed while it was copied: the log of {partition}; stop all silos", error.Message, StringComparison.Ordinal);
        }

        await Assert.ThrowsAsync<StorageRefusedException>(() => Silo.StartAsync(target));
        await Storages.CopyAsync(source, target);
        Assert.Equal(await Snapshot.OfAsync(source), await Snapshot.OfAsync(target));
    }

    [Fact]
    public async Task Copy_WhoseSourceWentOnMeanwhile_HoldsThatToo()
    {
        var random = Storages.Random();
        var folder = await _storages.FilledAsync(random);
        var target = await _storages.NewDatabaseAsync();
        Assert.False(await Storages.InterruptAsync(folder, target, new StepCrash(null, 12, isAfter: true)));
        await using (var silo = await Silo.StartAsync(folder))
        {
            var content = new Content(random);
            foreach (var partition in await silo.Logs.ListAsync(null, Token))
            {
                await using var log = await silo.Logs.OpenAsync(partition, Token);
                await content.AppendAsync(log, 3);
            }
        }

        var report = await Storages.CopyAsync(folder, target);
        Assert.True(report.Imported < report.Events);
        Assert.Equal(await Snapshot.OfAsync(folder), await Snapshot.OfAsync(target));
    }
}
