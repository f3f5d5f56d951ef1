using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Reflex.Silo.Tests.Support;
using Reflex.Tests.Shared;

namespace Reflex.Silo.Tests.Telemetry;

/// <summary>The dashboard in <c>deploy/grafana</c>.</summary>
public sealed partial class DashboardTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Queries_AllOfThem_AskForMetricsThatThereAre()
    {
        var document = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "TELEMETRY.md"));

        Assert.All(
            Panels().SelectMany(panel => Metric().Matches(panel.Query)).Select(match => match.Groups[1].Value).Distinct(),
            metric => Assert.Contains($"| `{metric}` |", document, StringComparison.Ordinal));
    }

    /// <summary>What is shown of a silo that works is there; of what goes wrong, nothing.</summary>
    [Fact]
    public async Task Panels_OfASiloThatIsScraped_ShowWhatItDoes()
    {
        PrometheusServer.Require();
        var ports = Ports.Free(4);
        var folder = Directory.CreateTempSubdirectory("reflex-silo-").FullName;
        await using var prometheus = await PrometheusServer.StartAsync($"127.0.0.1:{ports[0]}", rules: null);
        await using var silo = StockSilo.Launch(folder, ports);
        await silo.Process.PrintsAsync("Reflex listens on");
        using var stream = await silo.Client.GetAsync("/streams/demo/events", HttpCompletionOption.ResponseHeadersRead, Token);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var appending = AppendAsync(silo, enough.Token);

        foreach (var (title, query) in Panels().Where(panel => !IsOfTrouble(panel.Query)))
        {
            await prometheus.AnswersAsync(WithoutVariables(query), values => values.Count > 0, title);
        }

        await enough.CancelAsync();
        await appending;
        foreach (var (title, query) in Panels().Where(panel => IsOfTrouble(panel.Query)))
        {
            await prometheus.AnswersAsync(WithoutVariables(query), values => values.All(value => value == 0), title);
        }
    }

    // A counter is there from its first count on; a stat of them shows a zero.
    private static bool IsOfTrouble(string query) =>
        new[] { "refused", "error", "failures", "moves", "stuck", "alert", "failed", "failing", "quota", "openings", "count(up" }
            .Any(part => query.Contains(part, StringComparison.Ordinal));

    private static string WithoutVariables(string query) => query
        .Replace("$job", "reflex", StringComparison.Ordinal)
        .Replace("$__rate_interval", "5s", StringComparison.Ordinal);

    private static List<(string Title, string Query)> Panels()
    {
        var dashboard = JsonElement.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "grafana", "reflex.json")));
        var panels = dashboard.GetProperty("panels").EnumerateArray()
            .Where(panel => panel.GetProperty("type").GetString() != "row")
            .SelectMany(panel => panel.GetProperty("targets").EnumerateArray().Select(target =>
                (panel.GetProperty("title").GetString()!, target.GetProperty("expr").GetString()!)))
            .ToList();
        Assert.True(panels.Count > 20);
        return panels;
    }

    private static async Task AppendAsync(StockSilo silo, CancellationToken enough)
    {
        while (!enough.IsCancellationRequested)
        {
            using var body = new StringContent("""{"type":1,"foreignId":"42"}""", Encoding.UTF8, "application/json");
            using var answer = await silo.Client.PostAsync("/streams/demo/events", body, Token);
            answer.EnsureSuccessStatusCode();
        }
    }

    [GeneratedRegex("\\b(reflex_\\w+?)(_bucket|(?<=_seconds)_count)?\\b")]
    private static partial Regex Metric();
}
