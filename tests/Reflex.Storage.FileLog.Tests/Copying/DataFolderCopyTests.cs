using System.Runtime.Versioning;
using Reflex.Storage.FileLog.Copying;
using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Tests.Support;
using Reflex.Storage.FileLog.Tests.Verifying;
using Reflex.Storage.FileLog.Verifying;
using Reflex.Streams;

namespace Reflex.Storage.FileLog.Tests.Copying;

public sealed class DataFolderCopyTests : VerifyingTests
{
    private readonly TempFolder _targets = new();

    private string Target => Path.Combine(_targets.Path, "monday");

    private string Unfinished => Target + ".unfinished";

    [Fact]
    public async Task Copy_OfAStoppedFolder_IsADataFolderOfItsOwnWithTheSameEvents()
    {
        await WriteAsync(12);
        await WriteAsync(3, new PartitionId("basket", 0), close: false);
        await WriteAsync(0, new PartitionId("basket", 1));

        var copied = await CopyAsync();

        Assert.Equal(["basket/0", "basket/1", "orders/3"], copied.Select(one => one.Partition.ToString()));
        Assert.False(Directory.Exists(Unfinished));
        var (was, found) = (await VerifyAsync(), await VerifyAsync(Target));
        Assert.Equal(was.Select(one => (one.Oldest, one.Head, one.Events)), found.Select(one => (one.Oldest, one.Head, one.Events)));
        Assert.All(found, one => Assert.Empty(one.Findings));
        await using var fixture = new LogFixture(new DiskFileLayer(), Target);
        await using var log = await fixture.OpenAsync();
        await AppendAsync(log, 2);
        Assert.Equal(42, log.Bounds.Head.Value);
        Assert.Empty(fixture.Warnings);
    }

    [Fact]
    public async Task Copy_OfEventsWithKeys_IsSoundAndHasThem()
    {
        var batches = new List<EventBatch>();
        await using (var fixture = new LogFixture(new DiskFileLayer(), Data))
        {
            await using var log = await fixture.OpenAsync();
            for (var i = 0; i < 20; i++)
            {
                batches.Add(TestBatch.WithKeys(TestBatch.Append(log, events: 3, metadataSize: 350).Single()));
                await log.AppendAsync([batches[^1]]);
            }
        }

        await CopyAsync();

        Assert.Empty((await VerifyOneAsync()).Findings);
        Assert.Empty(Assert.Single(await VerifyAsync(Target)).Findings);
        await using var copied = new LogFixture(new DiskFileLayer(), Target);
        await using var copy = await copied.OpenAsync();
        await LogAssert.HoldsAsync(copy, batches);
    }

    [Fact]
    public async Task Copy_OfALogWhoseEventsAreAllGone_HasItsHead()
    {
        LogBounds before;
        await using (var fixture = new LogFixture(new DiskFileLayer(), Data))
        {
            await using var log = await fixture.OpenAsync();
            await AppendAsync(log, 5);
            await log.TrimToEndAsync(new Retention { MaxAge = TimeSpan.FromDays(1) }, TestBatch.Start.AddDays(2));
            before = log.Bounds;
        }

        await CopyAsync();

        foreach (var found in (await VerifyAsync()).Concat(await VerifyAsync(Target)))
        {
            Assert.Empty(found.Findings);
            Assert.Equal((before.Oldest, before.Head, 0, 1), (found.Oldest, found.Head, found.Events, found.Segments));
        }

        await using var copied = new LogFixture(new DiskFileLayer(), Target);
        await using var restored = await copied.OpenAsync();
        Assert.Equal(before.Head.Next, before.Oldest);
        Assert.Equal(before with { Bytes = restored.Bounds.Bytes }, restored.Bounds);
        await AppendAsync(restored, 1);
        Assert.Empty(copied.Warnings);
    }

    [Fact]
    public async Task Copy_IsLockFree_AndRunsBesideASilo()
    {
        await using var fixture = new LogFixture(new DiskFileLayer(), Data);
        await using var log = await fixture.OpenAsync();
        await AppendAsync(log, 5);
        using (fixture.HoldPartition(new DiskFileLayer()))
        {
            await CopyAsync();
        }

        await AppendAsync(log, 5);
        Assert.Equal(15, Assert.Single(await VerifyAsync(Target)).Head.Value);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Copy_IsItsOwnersOnly()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs Unix");
        await WriteAsync(12);
        await CopyAsync();
        const UnixFileMode Others = (UnixFileMode)0b111_111;
        Assert.All(
            Directory.EnumerateFileSystemEntries(Target, "*", SearchOption.AllDirectories).Prepend(Target),
            path => Assert.Equal(default, File.GetUnixFileMode(path) & Others));
    }

    [Fact]
    public async Task Copy_OfForeignFiles_LeavesThemAndSaysSo()
    {
        await WriteAsync(3);
        string[] foreign = ["", "streams", "streams/orders", "streams/orders/3"];
        foreach (var folder in foreign)
        {
            await File.WriteAllTextAsync(Path.Combine(Data, folder, ".nfs0001"), "", Token);
        }

        using var copy = DataFolderCopy.Begin(Data, Target);
        await copy.CopyLogsAsync(cancellationToken: Token).ToListAsync(Token);
        copy.Finish();

        Assert.Equal(4, copy.Notes.Count);
        Assert.All(copy.Notes, note => Assert.Contains(".nfs0001", note, StringComparison.Ordinal));
        Assert.Empty(Directory.EnumerateFiles(Target, ".*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Copy_OfADamagedLog_FailsNamingItAndLeavesNothing()
    {
        await WriteAsync(12);
        Flip(Segments[1], 100);
        await FailsAsync<LogCorruptedException>($"segment {Segments[1]} has no valid batch");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Copy_OfALogThatIsDamagedNearItsEnd_FailsWhereSomethingProvesIt(bool isClosed)
    {
        // Of a closed log the index says that it was there, of another one the batches after it.
        await WriteAsync(1, events: 1, close: false);
        await WriteAsync(4, events: 1, close: isClosed);
        if (!isClosed)
        {
            Array.ForEach(Indexes, File.Delete);
        }

        var (position, batch) = Batches(Segments[^1])[2];
        Flip(Segments[^1], (int)position + 70);
        await FailsAsync<LogCorruptedException>($"has no valid batch with event {batch.BaseId} at position {position}");
    }

    [Fact]
    public async Task Copy_OfATornTail_IsTheLogBeforeIt()
    {
        await WriteAsync(2, events: 1, close: false);
        Flip(Segments[0], (int)Batches(Segments[0])[^1].Position + 70);
        Assert.Equal(1, Assert.Single(await CopyAsync()).Head.Value);
    }

    [Fact]
    public async Task Copy_OfALogWithoutASegmentOrItsEnd_FailsAndLeavesNothing()
    {
        await WriteAsync(12);
        await WriteAsync(0);
        var (newest, index) = (Segments[^1], Indexes[^1]);
        var bytes = await File.ReadAllBytesAsync(newest, Token);
        File.Delete(newest);
        File.Delete(index);
        await FailsAsync<LogCorruptedException>("events up to 36 were durable");
        await File.WriteAllBytesAsync(newest, bytes, Token);
        File.Delete(Segments[1]);
        File.Delete(Indexes[1]);
        await FailsAsync<LogCorruptedException>("00000000000000000001.log has no valid batch with event 10 at position");
    }

    [Fact]
    public async Task Copy_WithoutAnOwnerFile_Fails()
    {
        await WriteAsync(2);
        File.Delete(OwnerPath);
        await FailsAsync<LogCorruptedException>("it has segments and no owner");
    }

    [Theory]
    [InlineData("link")]
    [InlineData("pipe")]
    public async Task Copy_OfWhatIsNoFile_FailsAndFollowsNothing(string kind)
    {
        await WriteAsync(12);
        SpecialFile.Put(kind, Segments[1], "/etc/passwd");
        await FailsAsync<StorageRefusedException>("where a file was expected");
    }

    [Fact]
    public async Task Copy_OfWhatLooksLikeALogAndIsNot_Fails()
    {
        await WriteAsync(2);
        Directory.CreateDirectory(Path.Combine(Data, "streams", "orders", "03"));
        await FailsAsync<StorageRefusedException>("holds 03, which is not the file log's");
    }

    [Fact]
    public async Task Copy_ThatIsCancelledOrOnlyDisposed_LeavesNothing()
    {
        await WriteAsync(12);
        using var cancelled = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            using var copy = DataFolderCopy.Begin(Data, Target);
            await foreach (var _ in copy.CopyLogsAsync(cancellationToken: cancelled.Token))
            {
                Assert.True(Directory.Exists(Unfinished));
                await cancelled.CancelAsync();
            }

            cancelled.Token.ThrowIfCancellationRequested();
        });
        Assert.Empty(Directory.GetFileSystemEntries(_targets.Path));
    }

    [Fact]
    public async Task Copy_UntilItIsFinished_IsNoDataFolder()
    {
        await WriteAsync(2);
        using var copy = DataFolderCopy.Begin(Data, Target);
        await copy.CopyLogsAsync(cancellationToken: Token).ToListAsync(Token);
        Assert.False(Directory.Exists(Target));
        var error = await Assert.ThrowsAsync<StorageRefusedException>(() => VerifyAsync(Unfinished));
        Assert.Contains("is no data folder", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Begin_WhileAnotherCopyToTheSamePlaceRuns_IsRefusedAndTakesOverWhatAKilledOneHasLeft()
    {
        await WriteAsync(2);
        using (DataFolderCopy.Begin(Data, Target))
        {
            Refused("Another process is copying to", Target);
            using var other = DataFolderCopy.Begin(Data, Target + "-2");
        }

        Directory.CreateDirectory(Path.Combine(Unfinished, "streams", "old"));
        await File.WriteAllTextAsync(Path.Combine(Unfinished, "lock"), "", Token);
        await File.WriteAllTextAsync(Path.Combine(Unfinished, "reflex.db"), "old", Token);
        await CopyAsync();
        Assert.False(Directory.Exists(Path.Combine(Target, "streams", "old")));
        Assert.False(File.Exists(Path.Combine(Target, "reflex.db")));
    }

    [Fact]
    public async Task Begin_WithATargetThatCanNotBeOne_IsRefusedInASentence()
    {
        await WriteAsync(2);
        Refused("lies in the data folder", Data);
        Refused("lies in the data folder", Path.Combine(Data, "backup"));
        Directory.CreateSymbolicLink(Path.Combine(_targets.Path, "link"), Data);
        Refused("lies in the data folder", Path.Combine(_targets.Path, "link", "backup"));
        Refused("There is no folder", Path.Combine(_targets.Path, "none", "monday"));
        await File.WriteAllTextAsync(Target, "", Token);
        Refused("is no folder", Target);
        File.Delete(Target);
        Directory.CreateDirectory(Path.Combine(Target, "photos"));
        Refused("holds photos", Target);
        Directory.Delete(Target, recursive: true);
        Directory.CreateDirectory(Path.Combine(Unfinished, "photos"));
        Refused("is in the way", Target);
        Assert.True(Directory.Exists(Path.Combine(Unfinished, "photos")));
    }

    [Fact]
    public async Task Begin_WithASourceThatIsNone_IsRefusedInASentence()
    {
        Refused("There is no data folder", Target);
        Directory.CreateDirectory(Data);
        Refused("no format file", Target);
        await File.WriteAllTextAsync(Path.Combine(Data, "format"), "reflex data, format 7\n", Token);
        Refused("has format 7", Target);
        Assert.Empty(Directory.GetFileSystemEntries(_targets.Path));
    }

    [Fact]
    public async Task Copy_ToAnEmptyFolder_TakesItsPlaceAndIntoAVolumesRootIsMadeInside()
    {
        await WriteAsync(12);
        Directory.CreateDirectory(Target);
        await CopyAsync();
        Assert.Equal(36, Assert.Single(await VerifyAsync(Target)).Head.Value);

        using var disk = SmallDisk.Mount(kib: 4096);
        Directory.CreateDirectory(Path.Combine(disk.Path, "lost+found"));
        await CopyAsync(disk.Path);
        Assert.Equal(36, Assert.Single(await VerifyAsync(disk.Path)).Head.Value);
        Assert.Equal(
            ["format", "lock", "lost+found", "streams"],
            Directory.GetFileSystemEntries(disk.Path).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Copy_ToAFullDisk_SaysSoAndLeavesNothing()
    {
        await WriteAsync(200);
        using var disk = SmallDisk.Mount(kib: 128);
        var error = await Assert.ThrowsAsync<StorageRefusedException>(() => CopyAsync(Path.Combine(disk.Path, "monday")));
        Assert.Contains("There is no room left for", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(disk.Path));
    }

    protected override void Dispose(bool isDisposing)
    {
        base.Dispose(isDisposing);
        _targets.Dispose();
    }

    private static Task<List<LogVerification>> VerifyAsync(string folder) =>
        new FileLogVerifier(folder).VerifyAsync(cancellationToken: Token).ToListAsync(Token).AsTask();

    private async Task<List<LogVerification>> CopyAsync(string? target = null)
    {
        using var copy = DataFolderCopy.Begin(Data, target ?? Target);
        var copied = await copy.CopyLogsAsync(cancellationToken: Token).ToListAsync(Token);
        copy.Finish();
        return copied;
    }

    private async Task FailsAsync<T>(string expected)
        where T : ReflexException
    {
        var error = await Assert.ThrowsAsync<T>(() => CopyAsync());
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_targets.Path));
    }

    private void Refused(string expected, string target)
    {
        var error = Assert.Throws<StorageRefusedException>(() => DataFolderCopy.Begin(Data, target).Dispose());
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }
}
