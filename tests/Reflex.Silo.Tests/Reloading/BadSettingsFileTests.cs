using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using Reflex.Silo.Tests.Support;

namespace Reflex.Silo.Tests.Reloading;

/// <summary>What becomes of the settings file while the silo runs, seen by a client that it serves the whole time.</summary>
public sealed class BadSettingsFileTests : IDisposable
{
    private readonly SiloProgram _program = new();
    private int _events;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _program.Dispose();

    [Fact]
    public async Task Change_OfTheFileIntoNoGoodOne_IsSaidOnceAndServingGoesOn()
    {
        await using var silo = await StockSilo.StartByAsync(_program.Command);
        using var reading = await ReadAsync(silo);
        using var events = new StreamReader(await reading.Content.ReadAsStreamAsync(Token));

        foreach (var (reason, change) in Changes())
        {
            var before = silo.Process.Printed.Length;
            change();
            await silo.Process.PrintsAsync($"appsettings.json can't be taken, since {reason}: the silo goes on", before);
            await IsServedAsync(silo, events);

            Restore();
            await silo.Process.PrintsAsync("appsettings.json is good again.", before);
            await IsServedAsync(silo, events);
            Assert.Equal(2, silo.Process.Printed[before..].Split("SettingsReload").Length - 1);
        }

        Assert.Equal(0, await silo.Process.TerminateAsync());
    }

    [Fact]
    public async Task Change_OfTheFileToWhatWouldRefuseAStart_IsSaidOnceAndServingGoesOn()
    {
        await using var silo = await StockSilo.StartByAsync(_program.Command);
        using var reading = await ReadAsync(silo);
        using var events = new StreamReader(await reading.Content.ReadAsStreamAsync(Token));
        const string partitions = "The setting Reflex:Streams:demo:Partitions is";
        (string From, string To, string Fault)[] changes =
        [
            ("\"DataPath\"", "\"DataPaht\"", "The setting Reflex:DataPaht is unknown; the nearest known one is Reflex:DataPath."),
            ("\"Partitions\": 1", "\"Partitions\": \"many\"", $"{partitions} 'many': expected a whole number"),
            ("\"Partitions\": 1", "\"Partitions\": 9999", $"{partitions} '9999': expected a number from 1 to 1024."),
            ("\"Streams\"", "\"Http\": { \"MaxBodyBytes\": 0 }, \"Streams\"", "Reflex:Http:MaxBodyBytes is 0; it must be greater"),
            ("\"Streams\"", "\"Quotas\": { \"Streams\": { \"demo\": 0 } }, \"Streams\"", "Reflex:Quotas:Streams:demo is 0; it must be"),
            ("\"Streams\"", "\"Access\": { \"Jwt\": { \"Audience\": \"a\" } }, \"Streams\"", "Reflex:Access:Policies is empty"),
            ("\"Information\"", "\"Loud\"", "The setting Logging:LogLevel:Default is 'Loud': expected one of Trace"),
        ];

        foreach (var (from, to, fault) in changes)
        {
            var before = silo.Process.Printed.Length;
            _program.Save(_program.Original.Replace(from, to, StringComparison.Ordinal));
            await silo.Process.PrintsAsync($"Changed settings can't be taken: {fault}", before);
            await IsServedAsync(silo, events);

            Restore();
            await silo.Process.PrintsAsync("The changed settings are good again.", before);
        }

        Assert.Equal(0, await silo.Process.TerminateAsync());
    }

    [Fact]
    public async Task Change_OfTheEnvironmentsFile_IsSaidAsThatOfTheOther()
    {
        await using var silo = await StockSilo.StartByAsync(_program.Command);

        await File.WriteAllTextAsync(_program.EnvironmentFile, """{"Reflex":{"DataPath":"other"}}""", Token);
        await silo.Process.PrintsAsync("Changed settings take effect at the next start: Reflex:DataPath.");
        await File.WriteAllTextAsync(_program.EnvironmentFile, "{", Token);
        await silo.Process.PrintsAsync("appsettings.Production.json can't be taken, since line 1 is no JSON");
        File.Delete(_program.EnvironmentFile);
        await silo.Process.PrintsAsync("appsettings.Production.json can't be taken, since it is gone");
        await File.WriteAllTextAsync(_program.EnvironmentFile, "{}", Token);
        await silo.Process.PrintsAsync("appsettings.Production.json is good again.");
        Assert.Equal(HttpStatusCode.OK, (await silo.Client.GetAsync("/streams", Token)).StatusCode);
    }

    private IEnumerable<(string Reason, Action Change)> Changes()
    {
        var path = _program.SettingsFile;
        yield return ("it is gone", () => File.Move(path, $"{path}.away"));
        yield return ("it is empty", () => File.WriteAllText(path, ""));
        yield return ("line 4 is no JSON", () => File.WriteAllText(path, _program.Original[..60]));
        yield return ("line 1 is no JSON", () => File.WriteAllText(path, "{ bad"));
        yield return ("line 1 is no JSON", () => File.WriteAllText(path, "\0\0\0\0"));
        yield return ("Top-level JSON element must be an object. Instead, 'Array' was found", () => File.WriteAllText(path, "[]"));
        yield return ("A duplicate key 'a' was found", () => File.WriteAllText(path, """{"a":1,"a":2}"""));
        yield return ("it has more than 4194304 bytes", () => File.WriteAllText(path, new string(' ', 5_000_000)));
        yield return ("it is a folder", () => Replace(() => Directory.CreateDirectory(path)));
        yield return ("it is gone", () => Replace(() => File.CreateSymbolicLink(path, "/nowhere")));
        yield return ("it is empty", () => Replace(() => Process.Start("mkfifo", [path]).WaitForExit()));
        yield return ("it is empty", () => Replace(() => File.CreateSymbolicLink(path, "/dev/zero")));

        void Replace(Action make)
        {
            File.Delete(path);
            make();
        }
    }

    /// <summary>Puts a good file in the place of whatever is there, in that of a link a link to one.</summary>
    private void Restore()
    {
        if (Directory.Exists(_program.SettingsFile))
        {
            Directory.Delete(_program.SettingsFile);
        }

        // The file beside which a link lies is watched, and not where the link leads: the change after this one takes the link away.
        if (new FileInfo(_program.SettingsFile).LinkTarget is null)
        {
            _program.Save(_program.Original);
            return;
        }

        var good = $"{_program.SettingsFile}.good";
        File.WriteAllText(good, _program.Original);
        File.Delete(_program.SettingsFile);
        File.CreateSymbolicLink(_program.SettingsFile, good);
    }

    private static Task<HttpResponseMessage> ReadAsync(StockSilo silo) => silo.Client.SendAsync(
        new HttpRequestMessage(HttpMethod.Get, "/streams/demo/events") { Headers = { { "Accept", "application/x-ndjson" } } },
        HttpCompletionOption.ResponseHeadersRead,
        Token);

    private async Task IsServedAsync(StockSilo silo, StreamReader events)
    {
        using var appended = await silo.Client.PostAsJsonAsync("/streams/demo/events", new { type = 1, foreignId = $"{++_events}" }, Token);
        Assert.Equal(HttpStatusCode.Created, appended.StatusCode);
        Assert.Contains($"\"foreignId\":\"{_events}\"", await events.ReadLineAsync(Token), StringComparison.Ordinal);
    }
}
