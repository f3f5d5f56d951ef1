using System.Net.Http.Json;

namespace Reflex.Silo.Tests.Support;

/// <summary>Data folders as silos leave them, and the silo's commands on them.</summary>
internal static class DataFolders
{
    // One silo makes it for all the tests that need one: a start takes seconds.
    private static readonly Lazy<Task<string>> Stopped = new(() => StopAsync());

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Runs a command of the silo to its end; answers its exit code and what it printed, errors apart.</summary>
    public static async Task<(int Code, string Printed, string Errors)> RunAsync(string folder, params string[] arguments)
    {
        await using var command = Running.Program("silo", folder, arguments);
        return (await command.EndsAsync(), command.Printed, command.Errors);
    }

    /// <summary>Requires a command to be refused with one sentence and nothing else.</summary>
    public static async Task RefusedAsync(int code, string expected, string folder, params string[] arguments)
    {
        var (found, printed, errors) = await RunAsync(folder, arguments);
        Assert.Equal(code, found);
        Assert.Equal(printed, errors);
        Assert.Contains(expected, errors, StringComparison.Ordinal);
        Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>The working directory of a silo that has stopped, whose data folder has three events, all handled.</summary>
    public static async Task<string> StoppedAsync()
    {
        var folder = Directory.CreateTempSubdirectory("reflex-silo-").FullName;
        Copy(Path.Combine(await Stopped.Value, "data"), Path.Combine(folder, "data"));
        return folder;
    }

    /// <summary>The same of a silo of its own, with settings.</summary>
    public static async Task<string> StopAsync(params string[] settings)
    {
        await using var silo = await StockSilo.StartAsync(settings: settings);
        await AppendAsync(silo, 3);
        await HandledAsync(silo, 3);
        Assert.Equal(0, await silo.Process.TerminateAsync());
        return silo.Folder;
    }

    public static async Task AppendAsync(StockSilo silo, int count)
    {
        for (var i = 0; i < count; i++)
        {
            using var response = await silo.Client.PostAsJsonAsync("/streams/demo/events", new { type = 7, foreignId = "order-42" }, Token);
            response.EnsureSuccessStatusCode();
        }
    }

    /// <summary>Ends when the silo's own consumer has handled an event.</summary>
    public static async Task HandledAsync(StockSilo silo, long id)
    {
        while (true)
        {
            var status = await silo.Client.GetFromJsonAsync<System.Text.Json.JsonElement>("/consumers/demo/log-events", Token);
            var cursor = status.GetProperty("partitions")[0].GetProperty("cursor").GetString();
            if (cursor is { Length: > 0 } && Cursors.Cursor.Parse(cursor).Of(0)?.Id.Value >= id)
            {
                return;
            }
        }
    }

    public static async Task<long> HeadAsync(StockSilo silo)
    {
        var stream = await silo.Client.GetFromJsonAsync<System.Text.Json.JsonElement>("/streams/demo", Token);
        return long.Parse(stream.GetProperty("partitions")[0].GetProperty("head").GetString()!);
    }

    public static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy, overwrite: true);
        }
    }

    /// <summary>All names, times and bytes.</summary>
    public static string Snapshot(string folder) => string.Join('\n', Directory
        .EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories)
        .Order(StringComparer.Ordinal)
        .Select(path => $"{path} {File.GetLastWriteTimeUtc(path):O} {ContentOf(path)}"));

    private static string ContentOf(string path) => File.Exists(path) ? Convert.ToHexString(File.ReadAllBytes(path)) : "";
}
