using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Orleans.Logs;
using Reflex.Orleans.Tests.Support;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Orleans.Tests.Clusters;

/// <summary>One partition that has two activations at once, in silos that both live.</summary>
public sealed class TwoPartitionOwnersTests
{
    private const string Owner = "reflex.partition";

    private readonly TestDirectory _directory = new(Owner);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Append_AtTheOlderOne_FailsFencedAndGoesOnAtTheNewerOne()
    {
        await using var cluster = await StartAsync();
        var (older, newer) = (StreamOf(cluster, 0), StreamOf(cluster, 1));
        await older.AppendAsync(new NewEvent(1, "a"), Token);
        var reading = new[] { ReadAsync(older, 3), ReadAsync(newer, 3) };
        _directory.Split();
        Assert.Equal(2, (await newer.AppendAsync(new NewEvent(1, "b"), Token)).Id.Value);
        Assert.Equal(2, await cluster.Silos[0].CountAsync(Owner));
        _directory.Heal();

        var error = await Assert.ThrowsAsync<LogFencedException>(() => older.AppendAsync(new NewEvent(1, "refused"), Token));
        Assert.True(error.IsTransient);
        Assert.Equal(3, (await Asking.AgainAsync(() => older.AppendAsync(new NewEvent(1, "c"), Token))).Id.Value);

        foreach (var read in await Task.WhenAll(reading))
        {
            Assert.Equal(["a", "b", "c"], read.Select(e => e.ForeignId));
        }

        Assert.Equal(1, await Asking.UntilAsync(() => cluster.Silos[0].CountAsync(Owner), count => count == 1));
    }

    [Fact]
    public async Task Read_AtTheOlderOne_ClaimsNothingThatTheNewerOneHasMadeUntrue()
    {
        await using var cluster = await StartAsync();
        var (older, newer) = (StreamOf(cluster, 0), StreamOf(cluster, 1));
        await older.AppendAsync(new NewEvent(1, "a"), Token);
        for (var id = 2; id <= 20; id++)
        {
            var (reader, appender) = id % 2 == 0 ? (older, newer) : (newer, older);
            await Asking.AgainAsync(() => reader.GetStatusAsync(Token));
            _directory.Split();
            await Asking.AgainAsync(() => appender.AppendAsync(new NewEvent(id, "b"), Token));

            // The head isn't reached before the event, a cursor after it isn't ahead, and it is the newest there is.
            Assert.Equal([id], (await reader.ToHeadAsync(Cursor.After(new EventId(id - 1)))).Select(e => (int)e.Id.Value));
            Assert.Empty(await reader.ToHeadAsync(Cursor.After(new EventId(id))));
            Assert.Equal(id, (await Asking.AgainAsync(() => reader.GetStatusAsync(Token))).Partitions[0].Head.Value);
            _directory.Heal();
        }
    }

    [Fact]
    public async Task Appends_AtBothAgainAndAgain_LoseNothingAndHaveOneOrder()
    {
        await using var cluster = await StartAsync();
        var acknowledged = new ConcurrentDictionary<long, string>();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var readers = new[] { 0, 1 }.Select(silo => CollectAsync(StreamOf(cluster, silo), ending.Token)).ToArray();
        for (var round = 0; round < 30; round++)
        {
            if (round % 3 == 2)
            {
                _directory.Heal();
            }
            else
            {
                _directory.Split();
            }

            await Task.WhenAll(AppendAsync(0, round), AppendAsync(1, round));
        }

        _directory.Heal();
        var last = await Asking.AgainAsync(() => StreamOf(cluster, 0).AppendAsync(new NewEvent(1, "last"), Token));
        Assert.True(acknowledged.TryAdd(last.Id.Value, "last"));
        var all = await StreamOf(cluster, 1).ToHeadAsync();
        await Asking.UntilAsync(() => Task.FromResult(readers), tasks => tasks.All(reader => reader.Events.Count >= all.Count));
        await ending.CancelAsync();
        await Task.WhenAll(readers.Select(reader => reader.Reading));

        Assert.Equal(Enumerable.Range(1, all.Count).Select(id => (long)id), all.Select(e => e.Id.Value));
        Assert.All(acknowledged, append => Assert.Equal(append.Value, all[(int)append.Key - 1].ForeignId));
        Assert.Distinct(all.Select(e => e.ForeignId));
        Assert.All(readers, reader => Assert.Equal(Texts(all), Texts(reader.Events)));

        async Task AppendAsync(int silo, int round)
        {
            for (var i = 0; i < 4; i++)
            {
                var name = string.Create(CultureInfo.InvariantCulture, $"{silo}-{round}-{i}");
                try
                {
                    var position = await StreamOf(cluster, silo).AppendAsync(new NewEvent(1, name), Token);
                    Assert.True(acknowledged.TryAdd(position.Id.Value, name));
                }
                catch (ReflexException error) when (error.IsTransient)
                {
                    // Not acknowledged; of an owner that was replaced it isn't in the log.
                }
            }
        }
    }

    private static IEventStream StreamOf(TestCluster cluster, int silo) => cluster.Silos[silo].Reflex.GetStream("orders");

    private static IEnumerable<string> Texts(IEnumerable<Event> events) => events.Select(e => $"{e.Id} {e.ForeignId}");

    private static async Task<List<Event>> ReadAsync(IEventStream stream, int count)
    {
        var events = new List<Event>();
        await foreach (var e in stream.StreamAsync(Cursor.Empty, StreamOptions.Default, Token))
        {
            events.Add(e);
            if (events.Count == count)
            {
                break;
            }
        }

        return events;
    }

    private static (ConcurrentQueue<Event> Events, Task Reading) CollectAsync(IEventStream stream, CancellationToken ended)
    {
        var events = new ConcurrentQueue<Event>();
        return (events, ReadAsync());

        async Task ReadAsync()
        {
            try
            {
                await foreach (var e in stream.StreamAsync(Cursor.Empty, StreamOptions.Default, ended))
                {
                    events.Enqueue(e);
                }
            }
            catch (OperationCanceledException) when (ended.IsCancellationRequested)
            {
                // All was read.
            }
        }
    }

    /// <summary>Two silos, whose owners look only when they are asked whether they have been replaced.</summary>
    private Task<TestCluster> StartAsync() => TestCluster.StartAsync(
        reflex => Configure(reflex).AddStream("orders"), reflex => Configure(reflex));

    private IReflexBuilder Configure(IReflexBuilder reflex)
    {
        reflex.Services.Configure<PartitionLogOptions>(options => options.OwnerCheckInterval = TimeSpan.FromHours(1));
        return _directory.AddTo(reflex);
    }
}
