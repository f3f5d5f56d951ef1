using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Reflex.Silo.Tests.Support;

namespace Reflex.Silo.Tests.Deploying;

/// <summary>Steps of the runbook, as they are written there.</summary>
public sealed partial class RunbookTests
{
    private static readonly string Runbook = Repository.Read("deploy", "RUNBOOK.md");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Symptoms_InTheTable_LeadToASectionEachAndNameEveryAlert()
    {
        var titles = Title().Matches(Runbook).Select(match => Anchor(match.Groups[1].Value)).ToHashSet();
        var links = Link().Matches(Runbook).Select(match => match.Groups[1].Value).ToList();

        Assert.True(links.Count > 10);
        Assert.All(links, link => Assert.Contains(link, titles));
        var alerts = Alert().Matches(Repository.Read("deploy", "prometheus", "alerts.yaml")).Select(match => match.Groups[1].Value);
        Assert.All(alerts, alert => Assert.Contains($"`{alert}`", Runbook, StringComparison.Ordinal));
    }

    /// <summary>Its log was put back from an older copy, and went on, while its cursor is what it was.</summary>
    [Fact]
    public async Task AConsumerIsStuck_ByTheSteps_GoesOn()
    {
        const string Cursors = "reflex.db";
        var folder = await AppendAsync(null, 1);
        var data = Path.Combine(folder, "data");
        var copy = Path.Combine(folder, "copy");
        DataFolders.Copy(data, copy);
        await AppendAsync(folder, 3);
        File.Move(Path.Combine(data, Cursors), Path.Combine(folder, Cursors));
        Directory.Delete(data, recursive: true);
        Directory.Move(copy, data);
        await using (var without = await StockSilo.StartAsync(folder, "--Reflex:Demo=false"))
        {
            await AppendsAsync(without, 5);
            Assert.Equal(0, await without.Process.TerminateAsync());
        }

        File.Move(Path.Combine(folder, Cursors), Path.Combine(data, Cursors), overwrite: true);
        await using var silo = await StockSilo.StartAsync(folder, "--Reflex:Http:StuckAfter=00:00:00");
        await UntilAsync(() => RunAsync(silo, Block("Consumers lag")), status => Text(status, "state") == "stuck");
        Assert.Contains("cursor-of-another-life", Section("A consumer is stuck"), StringComparison.Ordinal);
        using (var problems = await silo.Client.GetAsync("/health/problems", Token))
        {
            Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, problems.StatusCode);
        }

        await RunAsync(silo, Block("A consumer is stuck"));

        await UntilAsync(
            () => RunAsync(silo, Block("Consumers lag")), status => Text(status, "state") == "running" && Text(status, "lagEvents") == "0");
        Assert.Equal(System.Net.HttpStatusCode.OK, (await silo.Client.GetAsync("/health/problems", Token)).StatusCode);
    }

    [Fact]
    public async Task TheDiskIsFull_ByTheSteps_GetsAShorterRetention()
    {
        await using var silo = await StockSilo.StartAsync();

        var answer = await RunAsync(silo, Block("The disk is full"));

        Assert.Equal("7.00:00:00", answer.GetProperty("retention").GetProperty("maxAge").GetString());
    }

    [Fact]
    public async Task Commands_InLine_AreAnsweredByASilo()
    {
        await using var silo = await StockSilo.StartAsync();
        var commands = Curl().Matches(Runbook).Select(match => match.Groups[1].Value).ToList();
        Assert.True(commands.Count >= 4);
        await AppendsAsync(silo, 1);

        foreach (var command in commands)
        {
            var answer = await RunAsync(silo, command);

            // The consumer isn't stuck, so that there is nothing to leave out: a problem says so.
            Assert.Equal(command.Contains("/skip", StringComparison.Ordinal), answer.TryGetProperty("detail", out _));
        }
    }

    private static async Task<string> AppendAsync(string? folder, int count)
    {
        await using var silo = await StockSilo.StartAsync(folder);
        await AppendsAsync(silo, count);
        await silo.Process.PrintsAsync($"Saw event 0/{(folder is null ? count : count + 1)} ");
        Assert.Equal(0, await silo.Process.TerminateAsync());
        return silo.Folder;
    }

    private static async Task AppendsAsync(StockSilo silo, int count)
    {
        for (var i = 0; i < count; i++)
        {
            using var answer = await silo.Client.PostAsJsonAsync("/streams/demo/events", new { type = count, foreignId = "42" }, Token);
            answer.EnsureSuccessStatusCode();
        }
    }

    private static async Task UntilAsync(Func<Task<JsonElement>> ask, Func<JsonElement, bool> isExpected)
    {
        while (!isExpected(await ask()))
        {
            Token.ThrowIfCancellationRequested();
        }
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).ToString();

    /// <summary>Runs a command of the runbook on a silo, and answers the JSON that it prints.</summary>
    private static async Task<JsonElement> RunAsync(StockSilo silo, string command)
    {
        var typed = command.Replace("http://127.0.0.1:8080", silo.Url, StringComparison.Ordinal);
        using var shell = Process.Start(new ProcessStartInfo("bash", ["-c", typed]) { RedirectStandardOutput = true })!;
        var printed = await shell.StandardOutput.ReadToEndAsync(Token);
        await shell.WaitForExitAsync(Token);
        return JsonElement.Parse(printed);
    }

    private static string Section(string title) =>
        Runbook[Runbook.IndexOf($"\n## {title}\n", StringComparison.Ordinal)..].Split("\n## ")[1];

    private static string Block(string title) => Shell().Match(Section(title)).Groups[1].Value;

    private static string Anchor(string title) =>
        string.Concat(title.ToLowerInvariant().Where(c => char.IsLetterOrDigit(c) || c is ' ' or '-')).Replace(' ', '-');

    [GeneratedRegex("^#+ (.*)$", RegexOptions.Multiline)]
    private static partial Regex Title();

    [GeneratedRegex(@"\]\(#([^)]*)\)")]
    private static partial Regex Link();

    [GeneratedRegex("- alert: (\\w+)")]
    private static partial Regex Alert();

    [GeneratedRegex("```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Shell();

    [GeneratedRegex("`(curl [^`]*)`")]
    private static partial Regex Curl();
}
