using System.Runtime.Versioning;
using Reflex.Silo.Tests.Support;

namespace Reflex.Silo.Tests;

/// <summary>Who may use the data folder of the stock silo.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class DataAccessTests
{
    private const UnixFileMode Others = (UnixFileMode)0b111_111;

    [Fact]
    public async Task Start_AsItIs_LetsNobodyElseUseAnything()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs Unix");
        await using var silo = await StockSilo.StartAsync();
        await DataFolders.AppendAsync(silo, 3);
        await DataFolders.HandledAsync(silo, 3);
        var entries = Entries(silo);
        Assert.Contains(entries, path => path.EndsWith("reflex.db-wal", StringComparison.Ordinal));
        Assert.All(entries, path => Assert.Equal(default, File.GetUnixFileMode(path) & Others));
    }

    [Fact]
    public async Task Start_WithUmaskChosen_LeavesItToThat()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs Unix");
        await using var silo = await StockSilo.StartAsync(settings: "--Reflex:DataAccess=umask");
        await DataFolders.AppendAsync(silo, 1);
        var plain = Path.Combine(silo.Folder, "plain");
        await File.WriteAllTextAsync(plain, "", TestContext.Current.CancellationToken);
        Assert.All(
            Entries(silo).Where(File.Exists), path => Assert.Equal(File.GetUnixFileMode(plain), File.GetUnixFileMode(path)));
    }

    [Fact]
    public async Task Start_WithAnUnknownAccess_IsRefused()
    {
        var folder = Directory.CreateTempSubdirectory("reflex-silo-").FullName;
        await using var silo = StockSilo.Launch(folder, "--Reflex:DataAccess=everybody");
        Assert.Equal(1, await silo.Process.EndsAsync());
        Assert.Contains(
            "The setting Reflex:DataAccess is 'everybody': expected one of Owner, Umask.", silo.Process.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(folder, "data")));
    }

    private static string[] Entries(StockSilo silo)
    {
        var data = Path.Combine(silo.Folder, "data");
        return [data, .. Directory.EnumerateFileSystemEntries(data, "*", SearchOption.AllDirectories)];
    }
}
