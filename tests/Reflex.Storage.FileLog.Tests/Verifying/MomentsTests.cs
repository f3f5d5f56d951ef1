using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Segments;
using Reflex.Storage.FileLog.Tests.Support;

namespace Reflex.Storage.FileLog.Tests.Verifying;

/// <summary>Files of different moments, as of a folder that is copied while it is used, are told from damaged ones.</summary>
public sealed class MomentsTests : VerifyingTests
{
    [Fact]
    public async Task VerifyAsync_AnIndexNewerThanItsLog_MayBeOfMoments()
    {
        await WriteAsync(1);
        var (segments, _, _) = Take();
        await WriteAsync(1);
        Put(segments);
        await MayBeOfMomentsAsync();
    }

    [Fact]
    public async Task VerifyAsync_AnOwnerNewerThanItsLog_MayBeOfMoments()
    {
        await WriteAsync(2);
        var (segments, indexes, _) = Take();
        await WriteAsync(1);
        await WriteAsync(0);
        Put(segments);
        Put(indexes);
        await MayBeOfMomentsAsync();
    }

    [Fact]
    public async Task VerifyAsync_AnOwnerOlderThanItsLog_MayBeOfMoments()
    {
        await WriteAsync(2);
        var (_, _, owner) = Take();
        await WriteAsync(2);
        Put(owner);
        await MayBeOfMomentsAsync();
    }

    [Fact]
    public async Task VerifyAsync_ASegmentCopiedBeforeItWasFull_MayBeOfMoments()
    {
        await WriteAsync(2);
        var (segments, _, _) = Take();
        await WriteAsync(12);
        Put(segments);
        await MayBeOfMomentsAsync();
    }

    [Fact]
    public async Task VerifyAsync_ASegmentThatTheCopyHasMissed_MayBeOfMoments()
    {
        await WriteAsync(12);
        File.Delete(Segments[1]);
        File.Delete(Indexes[1]);
        await MayBeOfMomentsAsync();
    }

    /// <summary>Part of a file was read before the events at its end were written, the rest afterwards.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(70)]
    [InlineData(300)]
    public async Task VerifyAsync_ASegmentWhoseReadingAnAppendHasOvertaken_MayBeOfMoments(int written)
    {
        await WriteAsync(12);
        var (position, batch) = Batches(Segments[1])[1];
        var bytes = await File.ReadAllBytesAsync(Segments[1], Token);
        bytes.AsSpan((int)position + written, Math.Min(600, batch.Bytes.Length - written)).Clear();
        await File.WriteAllBytesAsync(Segments[1], bytes, Token);
        await MayBeOfMomentsAsync();
    }

    [Fact]
    public async Task VerifyAsync_AChangedByte_IsDamageAndNothingElse()
    {
        await WriteAsync(12);
        foreach (var at in new[] { 0, 4, 6, 12, 30, 60, 200 })
        {
            var position = (int)Batches(Segments[1])[1].Position + at;
            Flip(Segments[1], position);
            var found = await VerifyOneAsync();
            Assert.True(found.IsDamaged);
            Assert.False(found.MayBeOfMoments, $"A bit of byte {at} of a batch: {string.Join('\n', found.Findings)}");
            Flip(Segments[1], position);
        }
    }

    [Fact]
    public async Task VerifyAsync_BothKinds_IsDamage()
    {
        await WriteAsync(12);
        Flip(Segments[0], (int)Batches(Segments[0])[0].Position + 60);
        File.Delete(Segments[2]);
        File.Delete(Indexes[2]);
        Assert.False((await VerifyOneAsync()).MayBeOfMoments);
    }

    private static void Put(IEnumerable<(string Path, byte[] Bytes)> files)
    {
        foreach (var (path, bytes) in files)
        {
            File.WriteAllBytes(path, bytes);
        }
    }

    private (List<(string Path, byte[] Bytes)> Segments, List<(string Path, byte[] Bytes)> Indexes, List<(string Path, byte[] Bytes)> Owner)
        Take()
    {
        return (Read(Segments), Read(Indexes), Read([OwnerPath]));

        static List<(string Path, byte[] Bytes)> Read(string[] paths) => [.. paths.Select(path => (path, File.ReadAllBytes(path)))];
    }

    /// <summary>Verify says both, and so does the silo, if it refuses the log at all: it reads no more than the end.</summary>
    private async Task MayBeOfMomentsAsync()
    {
        var found = await VerifyOneAsync();
        Assert.True(found.MayBeOfMoments, string.Join('\n', found.Findings));
        Assert.All(
            found.Findings.Where(finding => finding.IsDamage),
            finding => Assert.Contains(Moments.OrLost, finding.Message, StringComparison.Ordinal));
        await using var fixture = new LogFixture(new DiskFileLayer(), Data);
        if (await Record.ExceptionAsync(() => fixture.OpenAsync()) is { } error)
        {
            Assert.Contains(Moments.OrLost, Assert.IsType<LogCorruptedException>(error).Message, StringComparison.Ordinal);
        }
    }
}
