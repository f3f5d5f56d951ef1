using Reflex.Events;
using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Tests.Support;
using Reflex.Storage.FileLog.Tests.Verifying;
using Reflex.Storage.FileLog.Verifying;

namespace Reflex.Storage.FileLog.Tests;

/// <summary>A link, a pipe, a socket or a device in the place of a file is refused: not followed, waited for or read.</summary>
public sealed class RegularFilesTests : VerifyingTests
{
    private const string Secret = "root:x:0:0:secret";

    private readonly TempFolder _elsewhere = new();
    private readonly string _target;

    public RegularFilesTests()
        => _target = Path.Combine(_elsewhere.Path, "target");

    public static TheoryData<string, string> Places
    {
        get
        {
            var places = new TheoryData<string, string>();
            foreach (var kind in SpecialFile.Kinds)
            {
                places.Add(kind, "format");
                places.Add(kind, "lock");
                places.Add(kind, "streams/orders/3/owner");
                places.Add(kind, $"streams/orders/3/{1:D20}.log");
                places.Add(kind, "newest log");
                places.Add(kind, "newest idx");
            }

            return places;
        }
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task SpecialFile_InAFilesPlace_IsNamedByVerifyAndRefusedByAnOpening(string kind, string place)
    {
        await WriteAsync(12);
        var path = place switch
        {
            "newest log" => Segments[^1],
            "newest idx" => Indexes[^1],
            _ => Path.Combine(Data, place),
        };
        await File.WriteAllTextAsync(_target, Secret, Token);
        SpecialFile.Put(kind, path, _target);

        AssertNames(await SaidAsync(path.StartsWith(PartitionPath, StringComparison.Ordinal)), path);

        await using var fixture = new LogFixture(new DiskFileLayer(), Data);
        var error = await Assert.ThrowsAnyAsync<ReflexException>(() => OpenAndReadAsync(fixture));
        Assert.False(error.IsTransient);
        AssertNames(error.Message, path);
        Assert.Equal(Secret, await File.ReadAllTextAsync(_target, Token));
        Assert.False(File.Exists(_target + "-that-is-missing"));
    }

    /// <summary>An index that is read by and by, and a segment that is begun: the log says so, and touches nothing else.</summary>
    [Theory]
    [InlineData("link")]
    [InlineData("dangling link")]
    [InlineData("pipe")]
    public async Task SpecialFile_WhereAnUnfinishedSegmentWouldBe_IsDeletedOrRefusedAndNotWritten(string kind)
    {
        await WriteAsync(1);
        await File.WriteAllTextAsync(_target, Secret, Token);
        await using var fixture = new LogFixture(new DiskFileLayer(), Data);
        await using (var log = await fixture.OpenAsync())
        {
            SpecialFile.Put(kind, Path.Combine(PartitionPath, $"{log.Bounds.Head.Value + 1:D20}.log.tmp"), _target);
            var error = await Assert.ThrowsAsync<LogFailedException>(
                () => log.AppendAsync(TestBatch.Append(log, metadataSize: 5000)).AsTask());
            Assert.Contains(".log.tmp is ", error.Message, StringComparison.Ordinal);
        }

        // The next opening deletes the name, and not what it names.
        await using var next = await fixture.OpenAsync();
        await next.AppendAsync(TestBatch.Append(next, metadataSize: 5000));
        Assert.Equal(Secret, await File.ReadAllTextAsync(_target, Token));
        Assert.False(File.Exists(_target + "-that-is-missing"));
    }

    [Fact]
    public async Task DataFolder_ReachedThroughALink_IsServedAndVerified()
    {
        await WriteAsync(4);
        var link = Data + "-link";
        Directory.CreateSymbolicLink(link, Data);
        await using (var fixture = new LogFixture(new DiskFileLayer(), link))
        {
            await using var log = await fixture.OpenAsync();
            await AppendAsync(log, 2);
            Assert.Empty(fixture.Warnings);
        }

        Assert.Empty(Assert.Single(await new FileLogVerifier(link).VerifyAsync(cancellationToken: Token).ToListAsync(Token)).Findings);
    }

    protected override void Dispose(bool isDisposing)
    {
        _elsewhere.Dispose();
        base.Dispose(isDisposing);
    }

    private static void AssertNames(string said, string path)
    {
        Assert.Contains($"{path} is a", said, StringComparison.Ordinal);
        Assert.Contains("where a file was expected", said, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", said, StringComparison.Ordinal);
    }

    private static async Task OpenAndReadAsync(LogFixture fixture)
    {
        await using var log = await fixture.OpenAsync();
        await LogAssert.ReadAllAsync(log);
        await log.ReadAsync(new EventId(2), 1, Token);
    }

    /// <summary>What verify says of it: of a partition's file among its findings, of the folder's own by refusing the folder.</summary>
    private async Task<string> SaidAsync(bool isPartitions)
    {
        if (isPartitions)
        {
            return string.Join('\n', (await VerifyOneAsync()).Findings.Where(finding => finding.IsDamage));
        }

        return (await Assert.ThrowsAsync<StorageRefusedException>(VerifyAsync)).Message;
    }
}
