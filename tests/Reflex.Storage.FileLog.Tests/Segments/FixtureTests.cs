using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Reflex.Cursors;
using Reflex.Diagnostics;
using Reflex.Events;
using Reflex.Orleans.Logs;
using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Tests.Support;

namespace Reflex.Storage.FileLog.Tests.Segments;

/// <summary>
/// Small data folders that each format's first version wrote, and the first one with keys, kept as they were: they must open for ever, and
/// the same calls must write the same bytes in the newest.
/// </summary>
public sealed class FixtureTests : IDisposable
{
    private const string Format1 = "format-1";
    private const string Format2 = "format-2";
    private const string Format2WithKeys = "format-2-keys";

    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData(Format1)]
    [InlineData(Format2)]
    [InlineData(Format2WithKeys)]
    public async Task FolderOfAnyFormat_Opens(string format)
    {
        TempFolder.Copy(FolderOf(format), _temp.Data);
        await using var fixture = new LogFixture(new DiskFileLayer(), _temp.Data);
        await using var log = await fixture.OpenAsync();
        Assert.Equal(3, log.Epoch);
        Assert.Empty(fixture.Warnings);
        var batches = Batches(format).SelectMany(append => append)
            .Select(batch => format == Format1 ? TestBatch.ToFormat1(batch) : batch)
            .ToList();
        Assert.Equal(2, log.Bounds.HeadEpoch);
        await LogAssert.HoldsAsync(log, batches);
        var more = TestBatch.Append(log);
        await log.AppendAsync(more);
        Assert.Equal(format == Format1 ? 3 : 2, Directory.GetFiles(fixture.PartitionPath, "*.log").Length);
        await LogAssert.HoldsAsync(log, batches.Concat(more));
    }

    [Theory]
    [InlineData(Format1)]
    [InlineData(Format2)]
    [InlineData(Format2WithKeys)]
    public async Task CursorsOfAnyFormat_AreTakenWithTheirLifeAndRefusedWithAnother(string format)
    {
        var token = TestContext.Current.CancellationToken;
        TempFolder.Copy(FolderOf(format), _temp.Data);
        await using var fixture = new LogFixture(new DiskFileLayer(), _temp.Data);
        await fixture.Provider.StartAsync(token);
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var instruments = new PartitionInstruments(services.GetRequiredService<IMeterFactory>(), new CommitTimes(TimeProvider.System));
        await using var log = await PartitionLog.OpenAsync(
            fixture.Provider, LogFixture.Partition, new PartitionLogOptions(), TimeProvider.System, instruments, token);
        var events = Batches(format).SelectMany(append => append)
            .SelectMany(batch => Enumerable.Range(0, batch.Count).Select(i => (Id: batch.BaseId.Value + i, batch.Epoch)))
            .Select(e => new CursorPlace(new EventId(e.Id), e.Epoch))
            .ToList();
        foreach (var place in events)
        {
            var page = await log.ReadAsync(place, 1, TimeSpan.Zero, token);
            Assert.Equal(place.Id == events[^1].Id, page.IsEmpty);

            // Of format 1 an owner that came later can't be told from the one before, where its first batch follows.
            var isBorder = events.SkipWhile(other => other.Id <= place.Id).FirstOrDefault() is { Epoch: 2 } && place.Epoch == 1;
            if (!isBorder || format != Format1)
            {
                var other = place with { Epoch = 3 - place.Epoch };
                await Assert.ThrowsAsync<CursorOfAnotherLifeException>(() => log.ReadAsync(other, 1, TimeSpan.Zero, token));
            }
        }
    }

    [Theory]
    [InlineData(Format2)]
    [InlineData(Format2WithKeys)]
    public async Task SameCalls_WriteTheSameBytes(string format)
    {
        await WriteAsync(_temp.Data, format);
        foreach (var path in Directory.EnumerateFiles(FolderOf(format), "*", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(FolderOf(format), path);
            var bytes = await File.ReadAllBytesAsync(Path.Combine(_temp.Data, name), TestContext.Current.CancellationToken);
            var expected = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
            Assert.Equal(Convert.ToHexString(WithoutProcess(name, expected)), Convert.ToHexString(WithoutProcess(name, bytes)));
        }
    }

    /// <summary>Two owners, two segments, index entries, an append of several batches that goes over into the next segment.</summary>
    private static async Task WriteAsync(string data, string format)
    {
        await using var fixture = new LogFixture(new DiskFileLayer(), data);
        var appends = Batches(format);
        for (var owner = 0; owner < 2; owner++)
        {
            await using var log = await fixture.OpenAsync();
            foreach (var append in appends.Where(append => append[0].Epoch == owner + 1))
            {
                await log.AppendAsync(append);
            }
        }
    }

    private static List<List<EventBatch>> Batches(string format)
    {
        var appends = new List<List<EventBatch>>();
        var next = new EventId(1);
        (int, int, int, int)[] calls = [(1, 1, 1, 20), (1, 1, 3, 400), (1, 4, 2, 300), (2, 3, 1, 700), (2, 1, 1, 0)];
        foreach (var (epoch, batches, events, metadataSize) in calls)
        {
            var head = new EventId(next.Value - 1);
            var append = new List<EventBatch>();
            for (var i = 0; i < batches; i++)
            {
                var before = next.Value == 1 ? 0 : appends.Append(append).SelectMany(made => made).Last().Epoch;
                var batch = TestBatch.Seal(next, events, metadataSize, epoch, head, TestBatch.Start, i < batches - 1, before);
                append.Add(format == Format2WithKeys ? TestBatch.WithKeys(batch) : batch);
                next = append[^1].LastId.Next;
            }

            appends.Add(append);
        }

        return appends;
    }

    private static string FolderOf(string format) => Path.Combine(AppContext.BaseDirectory, "Segments", format);

    /// <summary>The owner's process id, and the checksum over it, differ from run to run.</summary>
    private static byte[] WithoutProcess(string name, byte[] bytes)
    {
        foreach (var slot in Path.GetFileName(name) == "owner" ? new[] { 0, 4096 } : [])
        {
            bytes.AsSpan(slot + 4, 4).Clear();
            bytes.AsSpan(slot + 12, 4).Clear();
        }

        return bytes;
    }
}
