using System.Buffers.Binary;
using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Segments;
using Reflex.Storage.FileLog.Tests.Support;

namespace Reflex.Storage.FileLog.Tests.Verifying;

/// <summary>Indexes of a version that isn't known count as missing, so that the index may grow.</summary>
public sealed class IndexVersionTests : VerifyingTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task EveryIndexOfAnUnknownVersion_IsMadeAnewAsIfItWereMissing(bool close)
    {
        await WriteAsync(20, close: close);
        var made = Indexes.ToDictionary(path => path, File.ReadAllBytes);
        Array.ForEach(Indexes, ToNextVersion);
        var before = Snapshot();

        var findings = await RepairableAsync();

        Assert.Equal(
            Indexes[..^1].Select(
                path => $"The index {path} is of version 2, which this program doesn't know; it is made anew when it is needed."),
            findings.Select(finding => finding.Message));
        Assert.Equal(before, Snapshot());
        await using (var fixture = new LogFixture(new DiskFileLayer(), Data))
        {
            await fixture.Provider.StartAsync(Token);
            await using (var reader = await fixture.Provider.OpenReaderAsync(LogFixture.Partition, Token))
            {
                Assert.Equal(60, reader!.Bounds.Head.Value);
                await reader.ReadAsync(new(5), 10_000, Token);
            }

            Assert.DoesNotContain(Indexes, path => File.ReadAllBytes(path).AsSpan().SequenceEqual(made[path]));
            await using var log = await fixture.OpenAsync();
            for (var id = 60; id > 0; id--)
            {
                // Backwards, so that each read has to look for its place.
                var page = await log.ReadAsync(new(id - 1), 1, Token);
                Assert.InRange(id, LogAssert.Split(page).First().BaseId.Value, LogAssert.Split(page).First().LastId.Value);
            }

            Assert.Empty(fixture.Warnings);
        }

        Assert.Empty((await VerifyOneAsync()).Findings);
        Assert.All(Indexes[..^1], path => Assert.Equal(made[path], File.ReadAllBytes(path)));
    }

    /// <summary>As a later version may write it: larger, and all of it after the header otherwise.</summary>
    private static void ToNextVersion(string path)
    {
        var bytes = new byte[300_000];
        new Random(1).NextBytes(bytes);
        File.ReadAllBytes(path).AsSpan(0, IndexFile.HeaderSize).CopyTo(bytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), IndexFile.Version + 1);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), Crc32C.Compute(bytes.AsSpan(8, IndexFile.HeaderSize - 8)));
        File.WriteAllBytes(path, bytes);
    }
}
