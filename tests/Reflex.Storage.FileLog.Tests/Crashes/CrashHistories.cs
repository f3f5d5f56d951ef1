namespace Reflex.Storage.FileLog.Tests.Crashes;

/// <summary>The scripts whose crashes are looked at.</summary>
internal static class CrashHistories
{
    public const string FailingFlushes = "failing flushes";

    public static readonly IReadOnlyList<(string Name, Durability Durability, Func<RecordedLog, Task> Script)> All =
    [
        ("single appends", Durability.Flushed, SinglesAsync),
        ("groups", Durability.Flushed, GroupsAsync),
        ("rolls", Durability.Flushed, RollsAsync),
        ("trims", Durability.Flushed, TrimsAsync),
        ("trims of everything", Durability.Flushed, TrimsOfEverythingAsync),
        ("owners", Durability.Flushed, OwnersAsync),
        ("deletions", Durability.Flushed, DeletionsAsync),
        ("beginnings", Durability.Flushed, BeginningsAsync),
        ("imports", Durability.Flushed, ImportsAsync),
        (FailingFlushes, Durability.Flushed, FailingFlushesAsync),
        ("failing flushes of folders", Durability.Flushed, FailingFolderFlushesAsync),
        ("buffered", Durability.Buffered, BufferedAsync),
        ("buffered rolls", Durability.Buffered, BufferedRollsAsync),
        ("buffered trims of everything", Durability.Buffered, TrimsOfEverythingAsync),
        ("buffered deletions", Durability.Buffered, DeletionsAsync),
        ("buffered imports", Durability.Buffered, ImportsAsync),
    ];

    /// <summary>A script of random calls, for there are more cases than anybody thinks of.</summary>
    public static async Task GeneratedAsync(RecordedLog log, Random random)
    {
        await log.OpenAsync();
        for (var i = 0; i < 12; i++)
        {
            switch (random.Next(13))
            {
                case 0:
                    await log.CloseAsync();
                    await log.OpenAsync();
                    break;
                case 1:
                    await log.OpenAsync();
                    break;
                case 2:
                    await (random.Next(3) == 0 ? log.TrimAllAsync(random.Next(1, 6)) : log.TrimAsync(random.Next(1, 20_000)));
                    break;
                case 12:
                    log.Delete();
                    await log.OpenAsync();
                    break;
                case 3 when log.Durability == Durability.Flushed:
                    var skipped = random.Next(2);
                    log.Disk.Fails = (action, path) =>
                        action == DiskAction.Flush && Path.GetFileName(path) != "owner" && skipped-- <= 0;
                    await AppendAsync(mayFail: true);
                    await log.OpenAsync();
                    break;
                default:
                    await AppendAsync(mayFail: false);
                    break;
            }
        }

        Task AppendAsync(bool mayFail) => log.AppendAsync(
            random.Next(1, 4), random.Next(1, 4), random.Next(1, 3), random.Next(random.Next(2) == 0 ? 60 : 900), mayFail);
    }

    /// <summary>A script of random imports into a log that begins somewhere, or that begins anew, and appends after them.</summary>
    public static async Task GeneratedImportsAsync(RecordedLog log, Random random)
    {
        log.Begin(random.Next(2) * random.Next(1, 1000));
        await log.OpenAsync();
        for (var i = 0; i < 10; i++)
        {
            switch (random.Next(8))
            {
                case 0:
                    await log.CloseAsync();
                    await log.OpenAsync();
                    break;
                case 1:
                    await log.OpenAsync();
                    break;
                case 2:
                    await log.CloseAsync();
                    log.Begin(random.Next(1, 1000));
                    await log.OpenAsync();
                    break;
                case 3 when log.Durability == Durability.Flushed:
                    var skipped = random.Next(2);
                    log.Disk.Fails = (action, path) =>
                        action == DiskAction.Flush && Path.GetFileName(path) != "owner" && skipped-- <= 0;
                    await ImportAsync(mayFail: true);
                    await log.OpenAsync();
                    break;
                default:
                    await ImportAsync(mayFail: false);
                    break;
            }
        }

        for (var i = random.Next(3); i > 0; i--)
        {
            await log.AppendAsync(random.Next(1, 3), random.Next(1, 3), metadataSize: random.Next(900));
        }

        Task ImportAsync(bool mayFail) => log.ImportAsync(
            random.Next(1, 4),
            random.Next(1, 4),
            random.Next(1, 3),
            random.Next(random.Next(2) == 0 ? 60 : 900),
            isLate: random.Next(4) == 0,
            mayFail);
    }

    private static async Task SinglesAsync(RecordedLog log)
    {
        await log.OpenAsync();
        for (var i = 0; i < 12; i++)
        {
            await log.AppendAsync(metadataSize: i * 37);
        }

        await log.CloseAsync();
        await log.OpenAsync();
        await log.AppendAsync();
    }

    private static async Task GroupsAsync(RecordedLog log)
    {
        await log.OpenAsync();
        await log.AppendAsync(appends: 3, events: 2);
        await log.AppendAsync(appends: 2, batchesEach: 3, events: 2, metadataSize: 90);
        await log.AppendAsync(appends: 1, batchesEach: 5, metadataSize: 150);
        await log.AppendAsync(appends: 6, batchesEach: 2, metadataSize: 30);
        await log.CloseAsync();
    }

    /// <summary>Appends that fill segments exactly once, go over into the next, and take several.</summary>
    private static async Task RollsAsync(RecordedLog log)
    {
        await log.OpenAsync();
        await log.AppendAsync(metadataSize: 2500);
        await log.AppendAsync(metadataSize: 2500);
        await log.AppendAsync(batchesEach: 4, metadataSize: 1200);
        await log.AppendAsync(appends: 2, batchesEach: 3, metadataSize: 1300);
        await log.AppendAsync(metadataSize: 6000);
        await log.AppendAsync();
        await log.CloseAsync();
    }

    private static async Task TrimsAsync(RecordedLog log)
    {
        await log.OpenAsync();
        for (var i = 0; i < 5; i++)
        {
            await log.AppendAsync(appends: 2, metadataSize: 1500);
        }

        await log.TrimAsync(maxBytes: 12_000);
        await log.AppendAsync(batchesEach: 3, metadataSize: 1500);
        await log.TrimAsync(maxBytes: 1);
        await log.AppendAsync();
        await log.CloseAsync();
    }

    /// <summary>Of a log of one segment, of several, and of one that is empty already; by owners that have appended and not.</summary>
    private static async Task TrimsOfEverythingAsync(RecordedLog log)
    {
        await log.OpenAsync();
        await log.AppendAsync(batchesEach: 2, metadataSize: 100);
        await log.TrimAllAsync();
        await log.TrimAllAsync();
        await log.CloseAsync();
        await log.OpenAsync();
        await log.AppendAsync(appends: 2, metadataSize: 1500);
        await log.AppendAsync(appends: 2, metadataSize: 1500);
        await log.OpenAsync();
        await log.TrimAllAsync(pieces: 1);
        await log.TrimAllAsync();
        await log.OpenAsync();
        await log.AppendAsync(metadataSize: 40);
        await log.TrimAllAsync(pieces: 1);
        await log.AppendAsync(metadataSize: 40);
        await log.TrimAllAsync();
        await log.CloseAsync();
    }

    /// <summary>Of a log that has no event, one segment, several, and an empty one; beside its owner, after it, and again.</summary>
    private static async Task DeletionsAsync(RecordedLog log)
    {
        await log.OpenAsync();
        log.Delete();
        await log.OpenAsync();
        await log.AppendAsync(batchesEach: 2, metadataSize: 100);
        log.Delete();
        log.Delete();
        await log.OpenAsync();
        await log.AppendAsync(appends: 2, metadataSize: 1500);
        await log.AppendAsync(batchesEach: 3, metadataSize: 1500);
        log.Delete();
        await log.OpenAsync();
        await log.CloseAsync();
        log.Delete();
        await log.OpenAsync();
        await log.AppendAsync(metadataSize: 40);
        await log.CloseAsync();
        log.Delete();
        await log.OpenAsync();
        await log.AppendAsync(metadataSize: 40);
    }

    /// <summary>Of a log that is new, of one that begins elsewhere, of one without events, and of one that was begun already.</summary>
    private static async Task BeginningsAsync(RecordedLog log)
    {
        log.Begin(70);
        log.Begin(40);
        await log.OpenAsync();
        await log.CloseAsync();
        log.Begin(90);
        log.Begin(0);
        log.Begin(90);
        await log.OpenAsync();
        await log.ImportAsync(metadataSize: 40);
        await log.CloseAsync();
        log.Begin(90);
        await log.OpenAsync();
        await log.ImportAsync(metadataSize: 40);
    }

    /// <summary>By several owners, over several segments; of epochs for which one must begin; then what the copy's owner appends.</summary>
    private static async Task ImportsAsync(RecordedLog log)
    {
        log.Begin(12);
        await log.OpenAsync();
        await log.ImportAsync(appends: 3, batchesEach: 2, metadataSize: 30);
        await log.ImportAsync(appends: 2, events: 2, metadataSize: 90);
        await log.OpenAsync();
        await log.ImportAsync(batchesEach: 3, metadataSize: 1300);
        await log.ImportAsync(appends: 2, metadataSize: 300, isLate: true);
        await log.CloseAsync();
        log.Begin(12);
        await log.OpenAsync();
        await log.ImportAsync(appends: 2, batchesEach: 2, metadataSize: 900, isLate: true);
        await log.AppendAsync(batchesEach: 2, metadataSize: 40);
        await log.AppendAsync();
        await log.CloseAsync();
    }

    private static async Task OwnersAsync(RecordedLog log)
    {
        for (var i = 0; i < 4; i++)
        {
            await log.OpenAsync();
            await log.AppendAsync(appends: 2, batchesEach: 2, metadataSize: 300);
        }

        await log.CloseAsync();
        await log.OpenAsync();
        await log.OpenAsync();
        await log.CloseAsync();
    }

    private static async Task FailingFlushesAsync(RecordedLog log)
    {
        await log.OpenAsync();
        await log.AppendAsync(metadataSize: 600);
        for (var i = 0; i < 3; i++)
        {
            // The second of these crosses into a new segment, so that the full one's flush fails, and the third one's header's.
            var skipped = i == 2 ? 1 : 0;
            log.Disk.Fails = (action, path) => action == DiskAction.Flush && Path.GetFileName(path) != "owner" && skipped-- <= 0;
            await log.AppendAsync(appends: 2, batchesEach: 2, metadataSize: i * 700, mayFail: true);
            await log.OpenAsync();
            await log.AppendAsync(metadataSize: 200);
        }

        await log.CloseAsync();
    }

    private static async Task FailingFolderFlushesAsync(RecordedLog log)
    {
        await log.OpenAsync();
        await log.AppendAsync(metadataSize: 2500);
        for (var i = 0; i < 2; i++)
        {
            log.Disk.Fails = (action, _) => action == DiskAction.FlushFolder;
            await log.AppendAsync(batchesEach: 2, metadataSize: 2500, mayFail: true);
            await log.OpenAsync();
            await log.AppendAsync(metadataSize: 300);
        }

        await log.CloseAsync();
    }

    private static async Task BufferedAsync(RecordedLog log)
    {
        for (var i = 0; i < 2; i++)
        {
            await log.OpenAsync();
            await log.AppendAsync(metadataSize: 100);
            await log.AppendAsync(appends: 2, batchesEach: 2, metadataSize: 200);
            await log.AppendAsync(metadataSize: 100);
            await log.CloseAsync();
        }
    }

    private static async Task BufferedRollsAsync(RecordedLog log)
    {
        await log.OpenAsync();
        for (var i = 0; i < 4; i++)
        {
            await log.AppendAsync(metadataSize: 900);
            await log.AppendAsync(batchesEach: 3, metadataSize: 900);
        }

        await log.TrimAsync(maxBytes: 9_000);
        await log.AppendAsync();
        await log.OpenAsync();
        await log.AppendAsync();
    }
}
