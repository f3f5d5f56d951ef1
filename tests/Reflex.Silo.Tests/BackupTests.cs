using System.Text;
using Reflex.Silo.Tests.Support;

namespace Reflex.Silo.Tests;

public sealed class BackupTests
{
    private readonly string _backups = Directory.CreateTempSubdirectory("reflex-backups-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Backup_WhileTheSiloIsUnderLoad_IsSoundEveryTimeAndRestoredServesOn()
    {
        await using var silo = await StockSilo.StartAsync(settings: "--Logging:LogLevel:Reflex.Silo.Demo=Warning");
        var isEnough = false;
        var loading = LoadAsync(silo, () => isEnough);
        long head = 0;
        for (var i = 0; i < 5; i++)
        {
            head = await DataFolders.HeadAsync(silo);
            var folder = Path.Combine(_backups, $"backup-{i}");
            var (code, printed, _) = await DataFolders.RunAsync(silo.Folder, "backup", folder);

            Assert.True(code == 0, printed);
            Assert.Matches(@"\nBacked up to /.*: [0-9]+ events of 1 partitions, [01] cursors, [0-9]+ bytes in [0-9.]+ s\.\n$", printed);
            Assert.Equal(1, Directory.GetFileSystemEntries(_backups).Length - i);
        }

        isEnough = true;
        await loading;
        var verify = await DataFolders.RunAsync(silo.Folder, "verify", Path.Combine(_backups, "backup-4"));
        Assert.True(verify.Code == 0 && verify.Printed.Contains(" sound\nSound: ", StringComparison.Ordinal), verify.Printed);
        var restored = Directory.CreateTempSubdirectory("reflex-silo-").FullName;
        var restore = await DataFolders.RunAsync(restored, "restore", Path.Combine(_backups, "backup-4"));
        Assert.True(restore.Code == 0 && restore.Printed.Contains("\nRestored to ", StringComparison.Ordinal), restore.Printed);

        await using var next = await StockSilo.StartAsync(restored);
        Assert.InRange(await DataFolders.HeadAsync(next), head, long.MaxValue);
        await DataFolders.AppendAsync(next, 1);
        await DataFolders.HandledAsync(next, await DataFolders.HeadAsync(next));
    }

    [Theory]
    [InlineData("backup")]
    [InlineData("restore")]
    public async Task Command_OfASiloThatHasNoDataFolder_IsRefused(string command)
    {
        var folder = await DataFolders.StoppedAsync();
        var backup = Path.Combine(_backups, "monday");

        await DataFolders.RefusedAsync(
            2,
            "Reflex:Storage is Postgres, and what this silo has is there, not in a data folder: save and restore it by PostgreSQL's own",
            folder,
            command,
            backup,
            "--Reflex:Storage=Postgres");

        Assert.False(Directory.Exists(backup));
    }

    [Fact]
    public async Task Backup_OfAStoppedSilo_ChangesNothingAndHoldsItsCursors()
    {
        var folder = await DataFolders.StoppedAsync();
        var before = DataFolders.Snapshot(Path.Combine(folder, "data", "streams"));

        var (code, printed, _) = await DataFolders.RunAsync(folder, "backup", Path.Combine(_backups, "monday"));

        Assert.Equal(0, code);
        Assert.Contains(": 3 events of 1 partitions, 1 cursors,", printed, StringComparison.Ordinal);
        Assert.Equal(before, DataFolders.Snapshot(Path.Combine(folder, "data", "streams")));
        Assert.Equal(
            ["format", "lock", "reflex.db", "streams"],
            Directory.GetFileSystemEntries(Path.Combine(folder, "data")).Select(path => Path.GetFileName(path)!).Order());
        Assert.Equal(
            ["format", "lock", "reflex.db", "streams"],
            Directory.GetFileSystemEntries(Path.Combine(_backups, "monday")).Select(path => Path.GetFileName(path)!).Order());
    }

    [Fact]
    public async Task Backup_OfAKilledSilo_HoldsWhatIsOnlyInItsDatabasesLog()
    {
        string folder;
        await using (var silo = await StockSilo.StartAsync())
        {
            await DataFolders.AppendAsync(silo, 3);
            await DataFolders.HandledAsync(silo, 3);

            // Killed after the cursor was stored, which happens within the flush window after an event was handled.
            while (!(await DataFolders.RunAsync(silo.Folder, "backup", Path.Combine(_backups, "first"))).Printed
                .Contains("1 cursors", StringComparison.Ordinal))
            {
                Directory.Delete(Path.Combine(_backups, "first"), recursive: true);
            }

            folder = silo.Folder;
        }

        Assert.True(new FileInfo(Path.Combine(folder, "data", "reflex.db-wal")).Length > 0);
        var (code, printed, _) = await DataFolders.RunAsync(folder, "backup", Path.Combine(_backups, "monday"));
        Assert.True(code == 0 && printed.Contains(": 3 events of 1 partitions, 1 cursors,", StringComparison.Ordinal), printed);
        Assert.True(new FileInfo(Path.Combine(folder, "data", "reflex.db-wal")).Length > 0);
    }

    [Fact]
    public async Task Backup_OfAFolderThatSettingsName_IsOfThatOne()
    {
        var elsewhere = Path.Combine(Directory.CreateTempSubdirectory("reflex-silo-").FullName, "elsewhere");
        var folder = await DataFolders.StopAsync($"--Reflex:DataPath={elsewhere}");
        var (code, printed, _) = await DataFolders.RunAsync(
            folder, "backup", Path.Combine(_backups, "monday"), $"--Reflex:DataPath={elsewhere}");
        Assert.True(code == 0 && printed.Contains(": 3 events", StringComparison.Ordinal), printed);
        await DataFolders.RefusedAsync(2, "There is no data folder", folder, "backup", Path.Combine(_backups, "tuesday"));
    }

    [Fact]
    public async Task Backup_OfDamagedData_EndsWith1AndLeavesNothing()
    {
        var folder = await DataFolders.StoppedAsync();
        var segment = Path.Combine(folder, "data", "streams", "demo", "0", $"{1:D20}.log");
        var sound = await File.ReadAllBytesAsync(segment, Token);
        await FlipAsync(segment, 100);
        await DataFolders.RefusedAsync(1, "demo/0 can't be copied, as it is damaged", folder, "backup", Path.Combine(_backups, "monday"));
        await File.WriteAllBytesAsync(segment, sound, Token);
        await FlipAsync(Path.Combine(folder, "data", "reflex.db"), 3);
        await DataFolders.RefusedAsync(2, "reflex.db is damaged", folder, "backup", Path.Combine(_backups, "monday"));
        Assert.Empty(Directory.GetFileSystemEntries(_backups));
    }

    [Fact]
    public async Task BackupAndRestore_WhereTheyCanNot_AreRefusedInOneSentence()
    {
        var folder = await DataFolders.StoppedAsync();
        await DataFolders.RefusedAsync(2, "lies in the data folder", folder, "backup", "data/monday");
        await DataFolders.RefusedAsync(2, "There is no folder", folder, "backup", "none/monday");
        await DataFolders.RefusedAsync(2, "no format file", folder, "restore", _backups);
        await DataFolders.RefusedAsync(2, "There is no data folder", folder, "restore", "none");
        Assert.Equal(0, (await DataFolders.RunAsync(folder, "backup", Path.Combine(_backups, "monday"))).Code);
        await DataFolders.RefusedAsync(2, "monday holds ", folder, "backup", Path.Combine(_backups, "monday"));
        await DataFolders.RefusedAsync(2, "data holds ", folder, "restore", Path.Combine(_backups, "monday"));
        await FlipAsync(Path.Combine(_backups, "monday", "streams", "demo", "0", $"{1:D20}.log"), 100);
        var (code, printed, _) = await DataFolders.RunAsync(
            folder, "restore", Path.Combine(_backups, "monday"), "--Reflex:DataPath=restored");
        Assert.Equal(1, code);
        Assert.EndsWith("DAMAGED: nothing was restored.\n", printed, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(folder, "restored")));
    }

    [Theory]
    [InlineData("backup FOLDER", "backup")]
    [InlineData("backup FOLDER", "backup", "one", "two")]
    [InlineData("backup FOLDER", "backup", "--all")]
    [InlineData("backup FOLDER", "backup", "one", "--all")]
    [InlineData("restore FOLDER", "restore")]
    [InlineData("rewind-cursors FOLDER", "rewind-cursors", "one", "--Reflex:DataPath=two")]
    public async Task Commands_Misused_SayHowTheyAreUsedAndEndWith2(string expected, params string[] arguments)
    {
        var (code, printed, errors) = await DataFolders.RunAsync(_backups, arguments);
        Assert.Equal((2, printed), (code, errors));
        Assert.StartsWith(expected, errors, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_backups));
    }

    [Theory]
    [InlineData("backup")]
    [InlineData("restore")]
    [InlineData("rewind-cursors")]
    public async Task Commands_AskedForHelp_EndWith0(string command)
    {
        var (code, printed, errors) = await DataFolders.RunAsync(_backups, command, "--help");
        Assert.Equal((0, ""), (code, errors));
        Assert.StartsWith($"{command} FOLDER", printed, StringComparison.Ordinal);
    }

    private static async Task LoadAsync(StockSilo silo, Func<bool> isEnough)
    {
        var random = new Random(1);
        while (!isEnough())
        {
            var lines = new StringBuilder();
            for (var i = random.Next(1, 200); i > 0; i--)
            {
                lines.Append($$"""{"type":1,"foreignId":"entity-{{i}}","metadata":"{{new string('x', random.Next(500))}}"}""").Append('\n');
            }

            using var body = new StringContent(lines.ToString(), Encoding.UTF8, "application/x-ndjson");
            using var response = await silo.Client.PostAsync("/streams/demo/events", body, Token);
            response.EnsureSuccessStatusCode();
        }
    }

    private static async Task FlipAsync(string path, int position)
    {
        var bytes = await File.ReadAllBytesAsync(path, Token);
        bytes[position] ^= 4;
        await File.WriteAllBytesAsync(path, bytes, Token);
    }
}
