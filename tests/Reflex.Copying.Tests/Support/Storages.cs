using Reflex.Copying.Places;
using Reflex.Storage;
using Reflex.Storage.Sqlite;
using Reflex.Tests.Shared;

namespace Reflex.Copying.Tests.Support;

/// <summary>The storages of a test: folders that go with it, and databases.</summary>
internal sealed class Storages(PostgresServer server) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("reflex-copying-").FullName;
    private int _folders;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The seed of a test's contents, which is printed; another one by REFLEX_COPY_SEED.</summary>
    public static Random Random()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("REFLEX_COPY_SEED"), out var given)
            ? given
            : System.Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"REFLEX_COPY_SEED={seed}");
        return new Random(seed);
    }

    public string NewFolder() => Path.Combine(_folder, $"data{++_folders}");

    public Task<string> NewDatabaseAsync() => server.CreateDatabaseAsync();

    /// <summary>A new storage of a kind.</summary>
    public Task<string> NewAsync(bool isDatabase) => isDatabase ? NewDatabaseAsync() : Task.FromResult(NewFolder());

    /// <summary>A data folder with generated contents.</summary>
    public async Task<string> FilledAsync(Random random, int streams = 5)
    {
        var folder = NewFolder();
        var content = new Content(random);
        await using (var silo = await Silo.StartAsync(folder))
        {
            await content.FillAsync(silo.Logs, streams);
        }

        SqliteStateCopy.Store(folder, content.Records());
        return folder;
    }

    public static Task<CopyReport> CopyAsync(string from, string to, bool isVerified = true) =>
        StorageCopy.RunAsync(StoragePlace.Parse(from), StoragePlace.Parse(to), isVerified, progress: null, Token);

    /// <summary>Copies, with something at its steps; answers whether it came to its end.</summary>
    public static async Task<bool> InterruptAsync(string from, string to, Steps steps)
    {
        await using var source = await StoragePlace.Parse(from).OpenSourceAsync(Token);
        await using var target = new SteppedTarget(await StoragePlace.Parse(to).OpenTargetAsync(Token), steps);
        try
        {
            await new CopyRun(source, target, isVerified: true, progress: null).RunAsync(Token);
            return true;
        }
        catch (CrashException)
        {
            return false;
        }
    }

    /// <summary>Requires a copy to be refused in one sentence that says some things.</summary>
    public static async Task RefusedAsync(string from, string to, params string[] expected)
    {
        var error = await Assert.ThrowsAsync<StorageRefusedException>(() => CopyAsync(from, to));
        Assert.All(expected, text => Assert.Contains(text, error.Message, StringComparison.Ordinal));
        Assert.DoesNotContain('\n', error.Message);
    }

    /// <summary>Changes the payloads of a stopped data folder's state.</summary>
    public static async Task ChangeStateAsync(string folder, Func<IEnumerable<StateRecord>, IEnumerable<StateRecord>> change)
    {
        IReadOnlyList<StateRecord> records;
        await using (var source = await StoragePlace.Parse(folder).OpenSourceAsync(Token))
        {
            records = (await source.ReadStateAsync(Token))!;
        }

        SqliteStateCopy.Store(folder, change(records));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
