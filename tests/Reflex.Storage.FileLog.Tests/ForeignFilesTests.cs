using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Tests.Support;
using Reflex.Storage.FileLog.Tests.Verifying;
using Reflex.Storage.FileLog.Verifying;
using Reflex.Streams;

namespace Reflex.Storage.FileLog.Tests;

/// <summary>What others leave in the folders is left alone and named, wherever it lies.</summary>
public sealed class ForeignFilesTests : VerifyingTests
{
    // Of Emacs.
    private const string AutoSaved = "#00000000000000000001.log#";

    private static readonly string[] Names = [".nfs000001", ".DS_Store", "Thumbs.db", "notes.txt", "owner~", AutoSaved];

    [Theory]
    [InlineData("")]
    [InlineData("streams")]
    [InlineData("streams/orders")]
    [InlineData("streams/orders/3")]
    public async Task Folder_WithForeignFilesAndFolders_IsServedVerifiedAndNamesThem(string folder)
    {
        await WriteAsync(4);
        await File.WriteAllTextAsync(Path.Combine(Data, folder, "bad\u001b[2J.txt"), "", Token);
        foreach (var name in Names)
        {
            await File.WriteAllTextAsync(Path.Combine(Data, folder, name), "theirs", Token);
        }

        var snapshot = Directory.CreateDirectory(Path.Combine(Data, folder, ".snapshot")).FullName;
        await File.WriteAllTextAsync(Path.Combine(snapshot, "x"), "", Token);
        await using (var fixture = new LogFixture(new DiskFileLayer(), Data))
        {
            await using var log = await fixture.OpenAsync();
            await AppendAsync(log, 8);
            await log.TrimToEndAsync(new Retention { MaxBytes = 6000 }, TestBatch.Start);
            var warning = Assert.Single(fixture.Warnings);
            Assert.All([.. Names, ".snapshot", "bad?[2J.txt"], name => Assert.Contains(name, warning, StringComparison.Ordinal));
            Assert.Contains(Path.Combine(Data, folder), warning, StringComparison.Ordinal);
        }

        var verifier = new FileLogVerifier(Data);
        var found = Assert.Single(await verifier.VerifyAsync(cancellationToken: Token).ToListAsync(Token));
        Assert.Empty(found.Findings);
        var note = Assert.Single(verifier.Notes.Concat(found.Notes));
        Assert.Equal(
            $"The folder {Path.Combine(Data, folder).TrimEnd('/')} holds {AutoSaved}, .DS_Store, .nfs000001, .snapshot, Thumbs.db, " +
            "bad?[2J.txt, notes.txt, owner~, which is not Reflex's and is left alone.",
            note);
        Assert.All(Names, name => Assert.Equal("theirs", File.ReadAllText(Path.Combine(Data, folder, name))));
        Assert.True(File.Exists(Path.Combine(snapshot, "x")));
    }

    [Fact]
    public async Task Bytes_OfAPartition_AreItsOwnFilesOnly()
    {
        await WriteAsync(4);
        var before = (await VerifyOneAsync()).Bytes;
        await File.WriteAllTextAsync(Path.Combine(PartitionPath, ".nfs000001"), "theirs", Token);
        Assert.Equal(before, (await VerifyOneAsync()).Bytes);
    }
}
