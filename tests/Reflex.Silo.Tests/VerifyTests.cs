using Reflex.Silo.Tests.Support;

namespace Reflex.Silo.Tests;

public sealed class VerifyTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Verify_FolderOfAStoppedSilo_PrintsATableChangesNothingAndEndsWith0()
    {
        var folder = await DataFolders.StoppedAsync();
        var before = DataFolders.Snapshot(folder);

        await using var verify = Running.Program("silo", folder, "verify", "data");

        Assert.Equal(0, await verify.EndsAsync());
        var lines = verify.Printed.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Matches("^stream +partition +segments +oldest +head +events +bytes +state$", lines[0]);
        Assert.Matches("^─+$", lines[1]);
        Assert.Matches("^demo +0 +1 +1 +3 +3 +[0-9]+ +sound$", lines[2]);
        Assert.Matches(@"^Sound: 3 events of 1 partitions, [0-9]+ bytes read in [0-9.]+ s \([0-9]+ MB/s\)\.$", lines[3]);
        Assert.Equal(4, lines.Length);
        Assert.Equal(before, DataFolders.Snapshot(folder));
    }

    [Fact]
    public async Task Verify_DamagedSegment_NamesItAndEndsWith1()
    {
        var folder = await DataFolders.StoppedAsync();
        var segment = Path.Combine(folder, "data", "streams", "demo", "0", $"{1:D20}.log");
        await FlipAsync(segment, 100);

        await using var verify = Running.Program("silo", folder, "verify", "data");

        Assert.Equal(1, await verify.EndsAsync());
        Assert.Contains("DAMAGED", verify.Printed, StringComparison.Ordinal);
        Assert.Contains($"damage: demo/0: Segment {segment} is damaged at position 64", verify.Printed, StringComparison.Ordinal);
        Assert.Empty(verify.Errors);
    }

    [Fact]
    public async Task Verify_DamagedDatabase_SaysSoAndEndsWith1()
    {
        var folder = await DataFolders.StoppedAsync();
        await FlipAsync(Path.Combine(folder, "data", "reflex.db"), 3);
        var before = DataFolders.Snapshot(folder);

        await using var verify = Running.Program("silo", folder, "verify", "data");

        Assert.Equal(1, await verify.EndsAsync());
        Assert.Contains("reflex.db is damaged", verify.Printed, StringComparison.Ordinal);
        Assert.Equal(before, DataFolders.Snapshot(folder));
    }

    [Fact]
    public async Task Verify_CursorOfAnotherLifeOfTheLog_IsAFindingThatBackupsKeep()
    {
        // The cursor is at an event of the log that was lost; the log that was put back has another one under that number.
        var folder = await DataFolders.StopAsync();
        var (data, copy) = (Path.Combine(folder, "data"), Path.Combine(folder, "copy"));
        DataFolders.Copy(data, copy);
        foreach (var kept in new[] { copy, null })
        {
            await using var silo = await StockSilo.StartAsync(folder);
            await DataFolders.AppendAsync(silo, 2);
            await DataFolders.HandledAsync(silo, 5);
            Assert.Equal(0, await silo.Process.TerminateAsync());
            if (kept is not null)
            {
                Directory.Move(data, Path.Combine(folder, "lost"));
                Directory.Move(kept, data);
            }
        }

        File.Copy(Path.Combine(folder, "lost", "reflex.db"), Path.Combine(data, "reflex.db"), overwrite: true);
        var (code, printed, _) = await DataFolders.RunAsync(folder, "verify", "data");
        Assert.Equal(1, code);
        Assert.Matches("\ndemo +0 .* MIXED\n", printed);
        Assert.Matches("\nmixed: The consumer 'log-events' doesn't go on: The cursor 5[^ ]* of demo/0 is of another life", printed);
        Assert.Contains("\nMIXED: 5 events of 1 partitions", printed, StringComparison.Ordinal);

        (code, printed, _) = await DataFolders.RunAsync(folder, "backup", "monday");
        Assert.True(code == 0 && printed.Contains("\nnote: The consumer 'log-events' doesn't go on:", StringComparison.Ordinal), printed);
        (code, printed, _) = await DataFolders.RunAsync(folder, "restore", "monday", "--Reflex:DataPath=restored");
        Assert.True(code == 0 && printed.Contains("Restored to ", StringComparison.Ordinal), printed);
    }

    [Fact]
    public async Task Verify_FolderOfAKilledSilo_IsSound()
    {
        string folder;
        await using (var silo = await StockSilo.StartAsync())
        {
            await DataFolders.AppendAsync(silo, 3);
            folder = silo.Folder;
        }

        var before = DataFolders.Snapshot(folder);

        await using var verify = Running.Program("silo", folder, "verify", "data");

        Assert.Equal(0, await verify.EndsAsync());
        Assert.Equal(before, DataFolders.Snapshot(folder));
    }

    [Fact]
    public async Task Verify_FolderWithForeignFiles_NamesThemAndEndsWith0()
    {
        var folder = await DataFolders.StoppedAsync();
        string[] places = ["", "streams", "streams/demo", "streams/demo/0"];
        foreach (var place in places)
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "data", place, ".nfs000001"), "", Token);
        }

        await using var verify = Running.Program("silo", folder, "verify", "data");

        Assert.Equal(0, await verify.EndsAsync());
        Assert.Matches("\ndemo +0 .* sound\n", verify.Printed);
        Assert.Equal(4, verify.Printed.Split("\nnote: The folder ").Length - 1);
    }

    [Theory]
    [InlineData(2, "format")]
    [InlineData(2, "lock")]
    [InlineData(1, "reflex.db")]
    [InlineData(1, "reflex.db-wal")]
    [InlineData(1, "reflex.db-shm")]
    [InlineData(1, "reflex.db-journal")]
    [InlineData(1, "streams/demo/0/owner")]
    [InlineData(1, "streams/demo/0/00000000000000000001.log")]
    public async Task Verify_PipeOrLinkInAFilesPlace_IsNamedAndNeitherWaitedForNorFollowed(int code, string place)
    {
        var folder = await DataFolders.StoppedAsync();
        var path = Path.Combine(folder, "data", place);
        File.Delete(path);
        await using (var mkfifo = Running.Start("mkfifo", folder, path))
        {
            Assert.Equal(0, await mkfifo.EndsAsync());
        }

        await using var pipe = Running.Program("silo", folder, "verify", "data");
        Assert.Equal(code, await pipe.EndsAsync());
        Assert.Contains($"{path} is a pipe where a file was expected", pipe.Printed, StringComparison.Ordinal);

        File.Delete(path);
        File.CreateSymbolicLink(path, "/etc/passwd");
        await using var link = Running.Program("silo", folder, "verify", "data");
        Assert.Equal(code, await link.EndsAsync());
        Assert.Contains($"{path} is a symbolic link where a file was expected", link.Printed, StringComparison.Ordinal);
        Assert.DoesNotContain("root:", link.Printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_FolderOfARunningSilo_IsRefusedInOneSentence()
    {
        await using var silo = await StockSilo.StartAsync();
        await RefusedAsync("in use by process", silo.Folder, "verify", "data");
    }

    [Theory]
    [InlineData("There is no data folder", "verify", "nowhere")]
    [InlineData("no format file", "verify", ".")]
    [InlineData("verify FOLDER", "verify")]
    [InlineData("verify FOLDER", "verify", "one", "two")]
    [InlineData("verify FOLDER", "verify", "--all")]
    public async Task Verify_Misused_EndsWith2(string expected, params string[] arguments) =>
        await RefusedAsync(expected, Directory.CreateTempSubdirectory("reflex-silo-").FullName, arguments);

    [Fact]
    public async Task Verify_Help_EndsWith0()
    {
        await using var verify = Running.Program("silo", Path.GetTempPath(), "verify", "--help");
        Assert.Equal(0, await verify.EndsAsync());
        Assert.Contains("verify FOLDER", verify.Printed, StringComparison.Ordinal);
    }

    private static async Task RefusedAsync(string expected, string folder, params string[] arguments)
    {
        await using var verify = Running.Program("silo", folder, arguments);
        Assert.Equal(2, await verify.EndsAsync());
        Assert.Equal(verify.Printed, verify.Errors);
        Assert.Contains(expected, verify.Errors, StringComparison.Ordinal);
    }

    private static async Task FlipAsync(string path, int position)
    {
        var bytes = await File.ReadAllBytesAsync(path, Token);
        bytes[position] ^= 4;
        await File.WriteAllBytesAsync(path, bytes, Token);
    }
}
