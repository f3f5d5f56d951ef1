using System.Net;
using System.Net.Http.Json;
using Microsoft.Data.Sqlite;
using Reflex.Silo.Tests.Support;

namespace Reflex.Silo.Tests;

/// <summary>A plain copy of a folder in use, whose cursors are of a later moment than its log.</summary>
public sealed class MomentsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task PlainCopy_WithCursorsAheadOfTheirHeads_IsNeverServedUntilTheyAreRewound()
    {
        var folder = await MixedAsync();

        var (code, printed, errors) = await DataFolders.RunAsync(folder, "verify", "data");
        Assert.Equal((1, ""), (code, errors));
        Assert.Matches("\ndemo +0 +1 +1 +3 +3 +[0-9]+ +MIXED\n", printed);
        Assert.Contains(
            "\nmixed: The cursor of the consumer 'log-events' on demo/0 is 8, ahead of the head 3: the log has lost its end,",
            printed,
            StringComparison.Ordinal);
        Assert.Contains("while a silo used it; restore a backup, or stop the silo", printed, StringComparison.Ordinal);
        Assert.Contains("\nMIXED: ", printed, StringComparison.Ordinal);
        Assert.Contains("the silo's command backup", printed, StringComparison.Ordinal);

        for (var start = 0; start < 2; start++)
        {
            await using var silo = await StockSilo.StartAsync(folder);
            using var response = await silo.Client.PostAsJsonAsync("/streams/demo/events", new { type = 7, foreignId = "a" }, Token);
            Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
            await silo.Process.PrintsAsync("on demo/0 is 8, ahead of the head 3");
            Assert.Equal(0, await silo.Process.TerminateAsync());
        }

        await DataFolders.RefusedAsync(1, "ahead of the head 3", folder, "backup", "monday");
        Assert.False(Directory.Exists(Path.Combine(folder, "monday")));
        Assert.Equal(1, (await DataFolders.RunAsync(folder, "restore", "data", "--Reflex:DataPath=other")).Code);

        (code, printed, _) = await DataFolders.RunAsync(folder, "rewind-cursors", "data");
        Assert.Equal((0, "demo/0/log-events: from 8 back to 3\nCursors moved: 1; still ahead: 0.\n"), (code, printed));
        Assert.Equal(0, (await DataFolders.RunAsync(folder, "verify", "data")).Code);
        (code, printed, _) = await DataFolders.RunAsync(folder, "rewind-cursors", "data");
        Assert.Equal((0, "Cursors moved: 0; still ahead: 0.\n"), (code, printed));

        await using var next = await StockSilo.StartAsync(folder);
        await DataFolders.AppendAsync(next, 1);
        await next.Process.PrintsAsync("order-42");
        await DataFolders.HandledAsync(next, 4);
    }

    [Fact]
    public async Task RewindCursors_OfAFolderInUseOrWithADamagedLog_LeavesIt()
    {
        var folder = await MixedAsync();
        var segment = Path.Combine(folder, "data", "streams", "demo", "0", $"{1:D20}.log");
        var bytes = await File.ReadAllBytesAsync(segment, Token);
        bytes[100] ^= 4;
        await File.WriteAllBytesAsync(segment, bytes, Token);
        var (code, printed, _) = await DataFolders.RunAsync(folder, "rewind-cursors", "data");
        Assert.Equal(1, code);
        Assert.Contains("demo/0/log-events: left as it is, since the log is damaged", printed, StringComparison.Ordinal);

        await using var silo = await StockSilo.StartAsync();
        await DataFolders.RefusedAsync(2, "is in use by process", silo.Folder, "rewind-cursors", "data");
        await DataFolders.RefusedAsync(2, "There is no data folder", silo.Folder, "rewind-cursors", "none");
    }

    [Fact]
    public async Task RewindCursors_OfADatabaseOfANewerProgramOrWithOtherForms_ChangesNothingAndSaysSo()
    {
        var folder = await MixedAsync();
        var database = Path.Combine(folder, "data", "reflex.db");
        await ExecuteAsync(database, "UPDATE grain_state SET payload = 'other' WHERE state = 'cursor'");
        var (code, printed, _) = await DataFolders.RunAsync(folder, "rewind-cursors", "data");
        Assert.Equal((1, "Cursors moved: 0; still ahead: 0.\n1 cursors have a form of their own, and may be ahead.\n"), (code, printed));

        await ExecuteAsync(database, "PRAGMA user_version = 99");
        var before = await File.ReadAllBytesAsync(database, Token);
        await DataFolders.RefusedAsync(1, "has format version 99", folder, "rewind-cursors", "data");
        Assert.Equal(before, await File.ReadAllBytesAsync(database, Token));
    }

    private static async Task ExecuteAsync(string database, string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={database};Pooling=False");
        await connection.OpenAsync(Token);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(Token);
    }

    /// <summary>A folder with the log of three events, and the cursors of eight.</summary>
    private static async Task<string> MixedAsync()
    {
        var folder = await DataFolders.StoppedAsync();
        var mixed = Directory.CreateTempSubdirectory("reflex-silo-").FullName;
        DataFolders.Copy(Path.Combine(folder, "data"), Path.Combine(mixed, "data"));
        await using (var silo = await StockSilo.StartAsync(folder))
        {
            await DataFolders.AppendAsync(silo, 5);
            await DataFolders.HandledAsync(silo, 8);
            Assert.Equal(0, await silo.Process.TerminateAsync());
        }

        File.Copy(Path.Combine(folder, "data", "reflex.db"), Path.Combine(mixed, "data", "reflex.db"), overwrite: true);
        return mixed;
    }
}
