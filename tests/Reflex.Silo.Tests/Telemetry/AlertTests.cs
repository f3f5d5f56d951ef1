using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Reflex.Silo.Tests.Support;
using Reflex.Tests.Shared;

namespace Reflex.Silo.Tests.Telemetry;

/// <summary>The alerts in <c>deploy/prometheus</c>.</summary>
public sealed partial class AlertTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "prometheus");
    private static readonly string Rules = Path.Combine(Folder, "alerts.yaml");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Alerts_ByTheirOwnTests_RingWhenTheyShould()
    {
        PrometheusServer.Require();
        using var promtool = Process.Start(new ProcessStartInfo("promtool", ["test", "rules", Path.Combine(Folder, "alerts.test.yaml")])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var printed = await Task.WhenAll(
            promtool.StandardOutput.ReadToEndAsync(Token), promtool.StandardError.ReadToEndAsync(Token));
        await promtool.WaitForExitAsync(Token);

        Assert.True(promtool.ExitCode == 0, string.Concat(printed));
    }

    [Fact]
    public void Alerts_AllOfThem_AreTestedAndAskForMetricsThatThereAre()
    {
        var alerts = File.ReadAllText(Rules);
        var tests = File.ReadAllText(Path.Combine(Folder, "alerts.test.yaml"));
        var document = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "TELEMETRY.md"));
        var names = Alert().Matches(alerts).Select(match => match.Groups[1].Value).ToList();

        Assert.NotEmpty(names);
        Assert.All(names, name => Assert.Contains($"alertname: {name}", tests, StringComparison.Ordinal));
        Assert.All(
            Metric().Matches(alerts).Select(match => match.Groups[1].Value).Distinct(),
            metric => Assert.Contains($"| `{metric}` |", document, StringComparison.Ordinal));
    }

    /// <summary>A log was put back from an older copy: the consumer's cursor is of what is no more until it is moved back.</summary>
    [Fact]
    public async Task ConsumerAndPartition_ThatAreStuck_RingUntilSomebodyHelpsThem()
    {
        PrometheusServer.Require();
        var folder = await AppendAsync(null, 1);
        var logs = Path.Combine(folder, "data", "streams");
        var copy = Path.Combine(folder, "copy");
        DataFolders.Copy(logs, copy);
        await AppendAsync(folder, 3);
        Directory.Delete(logs, recursive: true);
        Directory.Move(copy, logs);
        var ports = Ports.Free(4);
        await using var prometheus = await PrometheusServer.StartAsync($"127.0.0.1:{ports[0]}", Rules);
        await using (var silo = StockSilo.Launch(folder, ports))
        {
            await prometheus.AlertsAsync(alerts => alerts.ToHashSet().SetEquals(["ReflexConsumerStuck", "ReflexPartitionsFailed"]));
            Assert.Equal(0, await silo.Process.TerminateAsync());
        }

        var (code, printed, _) = await DataFolders.RunAsync(folder, "rewind-cursors", "data");
        Assert.True(code == 0, printed);
        await prometheus.AlertsAsync(alerts => alerts.Contains("ReflexSiloDown"));
        await using var helped = StockSilo.Launch(folder, ports);
        await prometheus.AlertsAsync(alerts => alerts.Count == 0);
    }

    /// <summary>Has a silo append events, and stops it when its consumer has handled them and stored its cursor.</summary>
    private static async Task<string> AppendAsync(string? folder, int count)
    {
        await using var silo = await StockSilo.StartAsync(folder);
        for (var i = 0; i < count; i++)
        {
            using var body = new StringContent($"{{\"type\":{count},\"foreignId\":\"42\"}}", Encoding.UTF8, "application/json");
            using var answer = await silo.Client.PostAsync("/streams/demo/events", body, Token);
            answer.EnsureSuccessStatusCode();
        }

        await silo.Process.PrintsAsync($"Saw event 0/{(count == 1 ? 1 : 4)} ");
        Assert.Equal(0, await silo.Process.TerminateAsync());
        return silo.Folder;
    }

    [GeneratedRegex("- alert: (\\w+)")]
    private static partial Regex Alert();

    [GeneratedRegex("\\b(reflex_\\w+?)(_bucket)?\\b")]
    private static partial Regex Metric();
}
