using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Segments;
using Reflex.Storage.FileLog.Tests.Support;
using Reflex.Storage.FileLog.Verifying;
using Reflex.Streams;

namespace Reflex.Storage.FileLog.Tests.Verifying;

/// <summary>A data folder that a test fills, harms and verifies. Partition 3 of orders is the one that is harmed.</summary>
public abstract class VerifyingTests : IDisposable
{
    private readonly TempFolder _temp = new();

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected string Data => _temp.Data;

    private protected string PartitionPath => Path.Combine(_temp.Data, "streams", "orders", "3");

    private protected string OwnerPath => Path.Combine(PartitionPath, "owner");

    private protected string[] Segments => [.. Directory.GetFiles(PartitionPath, "*.log").Order(StringComparer.Ordinal)];

    private protected string[] Indexes => [.. Directory.GetFiles(PartitionPath, "*.idx").Order(StringComparer.Ordinal)];

    public void Dispose()
    {
        Dispose(isDisposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool isDisposing) => _temp.Dispose();

    private protected static void Flip(string path, int position, int bit = 3)
    {
        var bytes = File.ReadAllBytes(path);
        bytes[position] ^= (byte)(1 << bit);
        File.WriteAllBytes(path, bytes);
    }

    private protected static void Cut(string path, long length)
    {
        using var file = File.OpenWrite(path);
        file.SetLength(length);
    }

    private protected static SegmentHeader Header(string path)
    {
        Assert.Equal(2, SegmentHeader.Read(File.ReadAllBytes(path), out var header));
        return header!;
    }

    private protected static List<(long Position, EventBatch Batch)> Batches(string path)
    {
        var batches = new List<(long Position, EventBatch Batch)>();
        ReadOnlyMemory<byte> rest = File.ReadAllBytes(path);
        for (var position = SegmentHeader.Size; EventBatch.TryReadSealed(rest[position..], out var batch); position += batch.Bytes.Length)
        {
            batches.Add((position, batch));
        }

        return batches;
    }

    private protected async Task WriteAsync(
        int appends, PartitionId? partition = null, int events = 3, int batches = 1, bool close = true, long? epoch = null)
    {
        Func<long, bool, long> drawEpoch = epoch is { } given ? (_, _) => given : Epochs.Next;
        await using var fixture = new LogFixture(new DiskFileLayer(), _temp.Data, drawEpoch: drawEpoch);
        var log = await fixture.OpenAsync(partition);
        await AppendAsync(log, appends, events, batches);
        if (close)
        {
            await log.DisposeAsync();
        }
    }

    private protected static async Task AppendAsync(IEventLog log, int appends, int events = 3, int batches = 1)
    {
        for (var i = 0; i < appends; i++)
        {
            var at = TestBatch.Start.AddSeconds(log.Bounds.Head.Value);
            await log.AppendAsync(TestBatch.Append(log, events, metadataSize: 350, at, batches));
        }
    }

    private protected async Task<List<LogVerification>> VerifyAsync() =>
        await new FileLogVerifier(_temp.Data).VerifyAsync(cancellationToken: Token).ToListAsync(Token);

    private protected async Task<LogVerification> VerifyOneAsync() => Assert.Single(await VerifyAsync());

    private protected async Task<LogFinding> DamagedAsync(string place, long? position)
    {
        var finding = Assert.Single((await VerifyOneAsync()).Findings, finding => finding.IsDamage);
        Assert.Equal((place, position), (finding.Place, finding.Position));
        Assert.Contains(Path.GetFileName(place), finding.Message, StringComparison.Ordinal);
        return finding;
    }

    private protected async Task<IReadOnlyList<LogFinding>> RepairableAsync()
    {
        var found = await VerifyOneAsync();
        Assert.False(found.IsDamaged, string.Join('\n', found.Findings));
        return found.Findings;
    }

    private protected string Snapshot() => string.Join('\n', Directory
        .EnumerateFileSystemEntries(_temp.Data, "*", SearchOption.AllDirectories)
        .Order(StringComparer.Ordinal)
        .Select(path => $"{path} {File.GetLastWriteTimeUtc(path):O} {ContentOf(path)}"));

    private static string ContentOf(string path) => File.Exists(path) ? Convert.ToHexString(File.ReadAllBytes(path)) : "";
}
