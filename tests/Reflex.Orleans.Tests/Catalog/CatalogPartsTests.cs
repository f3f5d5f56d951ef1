using Reflex.Cursors;
using Reflex.Orleans.Catalog;
using Reflex.Orleans.Tests.Support;
using Reflex.Streams;

namespace Reflex.Orleans.Tests.Catalog;

/// <summary>What a change of one stream, or of one consumer, writes of the catalog: one part, however many streams there are.</summary>
public sealed class CatalogPartsTests
{
    private const int Streams = 20;
    private const string Changed = "stream-7";

    private readonly TestData _data = new();
    private readonly WatchedStorage _storage = new(new ScriptedStorage());

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EveryChange_OfOneStream_WritesItsOwnPartOnly()
    {
        var part = RecordOf(Changed);
        var neighbour = Enumerable.Range(Streams, 100_000).Select(i => $"stream-{i}").First(name => RecordOf(name) == part);
        var limited = new StreamDefinition(Changed, retention: new Retention { MaxBytes = 1 });
        await using (var silo = await StartAsync())
        {
            var reflex = silo.Reflex;
            await DefineAsync(reflex);
            Assert.Equal([part], await WrittenByAsync(() => reflex.DefineStreamAsync(new StreamDefinition(neighbour), Token)));
            Assert.Empty(await WrittenByAsync(() => reflex.DefineStreamAsync(new StreamDefinition(neighbour), Token)));
            Assert.Equal([part], await WrittenByAsync(() => reflex.DefineStreamAsync(limited, Token)));
            Assert.Equal([part], await WrittenByAsync(SetCursorAsync));
            Assert.Empty(await WrittenByAsync(SetCursorAsync));

            // What is to go is marked before, and taken out after.
            Assert.Equal([part, part], await WrittenByAsync(() => reflex.GetConsumer(Changed, "mailer").RemoveAsync(Token)));
            Assert.Equal([part, part], await WrittenByAsync(() => reflex.DeleteStreamAsync(Changed, Token)));

            Task SetCursorAsync() => reflex.GetCursors(Changed).SetAsync("mailer", Cursor.Empty, Token).AsTask();
        }

        // The other streams of the part are there still.
        var left = NamesOfAll().Where(name => name != Changed).Append(neighbour).Append("orders");
        await using var next = await StartAsync();
        var listed = (await next.Reflex.ListStreamsAsync(Token)).Select(stream => stream.Name.Value);
        Assert.Equal(left.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
        Assert.All(
            _storage.Written.Where(write => write.State is StreamsState),
            write => Assert.All(
                ((StreamsState)write.State!).Streams, stream => Assert.Equal(write.Record, RecordOf(stream.Definition.Name))));
    }

    [Fact]
    public async Task Start_OfASiloWithAConsumer_WritesThePartOfItsStreamAndTheNextStartNothing()
    {
        await using (var silo = await StartAsync())
        {
            await DefineAsync(silo.Reflex);
        }

        Assert.Equal([RecordOf("orders")], await WrittenByAsync(ConsumeAsync));
        Assert.Empty(await WrittenByAsync(ConsumeAsync));

        async Task ConsumeAsync()
        {
            var seen = new Seen();
            await using var silo = await ConsumerSilo.StartAsync(seen, data: _data, storage: _storage);
            await ConsumerSilo.AppendAsync(silo, 1);
            await seen.ReachesAsync(1);
        }
    }

    private static GrainId RecordOf(string stream) => CatalogParts.RecordOf(CatalogParts.Of(stream));

    private static IEnumerable<string> NamesOfAll() => Enumerable.Range(0, Streams).Select(i => $"stream-{i}");

    private static async Task DefineAsync(IReflexClient reflex)
    {
        foreach (var name in NamesOfAll())
        {
            await reflex.DefineStreamAsync(new StreamDefinition(name), Token);
        }
    }

    private Task<TestSilo> StartAsync() => SessionSilo.StartAsync(data: _data, storage: _storage);

    /// <summary>The records that a change writes, but for those of cursors.</summary>
    private async Task<IReadOnlyList<GrainId>> WrittenByAsync(Func<Task> change)
    {
        var before = _storage.Written.Count;
        await change();
        return
        [
            .. _storage.Written.Skip(before).Select(write => write.Record).Where(record => record.Type.ToString() != "reflex.cursor"),
        ];
    }
}
