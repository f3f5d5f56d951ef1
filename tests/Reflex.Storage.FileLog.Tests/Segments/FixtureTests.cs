using Reflex.Events;
using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Tests.Support;

namespace Reflex.Storage.FileLog.Tests.Segments;

/// <summary>
/// A small data folder that version 1 wrote, kept as it was: it must open for ever, and the same calls must write the same bytes.
/// </summary>
public sealed class FixtureTests : IDisposable
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Segments", "format-1");
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task FolderOfVersion1_Opens()
    {
        Copy(Folder, _temp.Data);
        await using var fixture = new LogFixture(new DiskFileLayer(), _temp.Data);
        await using var log = await fixture.OpenAsync();
        Assert.Equal(3, log.Epoch);
        Assert.Empty(fixture.Warnings);
        var batches = Batches().SelectMany(append => append).ToList();
        await LogAssert.HoldsAsync(log, batches);
        var more = TestBatch.Append(log);
        await log.AppendAsync(more);
        await LogAssert.HoldsAsync(log, batches.Concat(more));
    }

    [Fact]
    public async Task SameCalls_WriteTheSameBytes()
    {
        await WriteAsync(_temp.Data);
        foreach (var path in Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(Folder, path);
            var bytes = await File.ReadAllBytesAsync(Path.Combine(_temp.Data, name), TestContext.Current.CancellationToken);
            var expected = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
            Assert.Equal(Convert.ToHexString(WithoutProcess(name, expected)), Convert.ToHexString(WithoutProcess(name, bytes)));
        }
    }

    /// <summary>Two owners, two segments, index entries, an append of several batches that goes over into the next segment.</summary>
    private static async Task WriteAsync(string data)
    {
        await using var fixture = new LogFixture(new DiskFileLayer(), data);
        var appends = Batches();
        for (var owner = 0; owner < 2; owner++)
        {
            await using var log = await fixture.OpenAsync();
            foreach (var append in appends.Where(append => append[0].Epoch == owner + 1))
            {
                await log.AppendAsync(append);
            }
        }
    }

    private static List<List<EventBatch>> Batches()
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
                append.Add(TestBatch.Seal(next, events, metadataSize, epoch, head, TestBatch.Start, moreFollows: i < batches - 1));
                next = append[^1].LastId.Next;
            }

            appends.Add(append);
        }

        return appends;
    }

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

    private static void Copy(string from, string to)
    {
        foreach (var path in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, path));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(path, copy);
        }
    }
}
