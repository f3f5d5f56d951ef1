using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Reflex.Tests.Shared;

namespace Reflex.Silo.Tests.Telemetry;

/// <summary>A Prometheus of the tests' own, on the loopback, which scrapes a silo and evaluates the alerts.</summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    private const string Program = "/usr/bin/prometheus";

    private readonly Process _process;
    private readonly HttpClient _client;

    private PrometheusServer(Process process, int port)
    {
        _process = process;
        _client = new HttpClient { BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}")) };
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Skips the test where Prometheus and its tool aren't installed; where all servers must be there, fails it.</summary>
    public static void Require()
    {
        if (!File.Exists(Program))
        {
            const string Missing = "Prometheus isn't installed (Debian: prometheus).";
            Assert.SkipWhen(Environment.GetEnvironmentVariable("TESTS_REQUIRE_SERVERS") is null, Missing);
            Assert.Fail(Missing);
        }
    }

    /// <summary>Starts one.</summary>
    /// <param name="target">The address of the silo, as Prometheus has it.</param>
    /// <param name="rules">The file of the alerts; null for none.</param>
    public static async Task<PrometheusServer> StartAsync(string target, string? rules)
    {
        Require();
        var folder = Directory.CreateTempSubdirectory("reflex-prometheus-").FullName;
        var configuration = Path.Combine(folder, "prometheus.yaml");
        await File.WriteAllTextAsync(
            configuration,
            $$"""
            global: { scrape_interval: 250ms, evaluation_interval: 250ms }
            rule_files: [{{(rules is null ? "" : $"\"{rules}\"")}}]
            scrape_configs:
              - job_name: reflex
                static_configs: [{ targets: ["{{target}}"] }]
            """,
            Token);
        var port = Ports.Free();
        var process = Process.Start(new ProcessStartInfo(
            Program,
            [
                $"--config.file={configuration}", $"--storage.tsdb.path={folder}/data",
                string.Create(CultureInfo.InvariantCulture, $"--web.listen-address=127.0.0.1:{port}"), "--log.level=error",
            ]))!;
        return new PrometheusServer(process, port);
    }

    /// <summary>Ends when the alerts that ring, or are about to, are as expected.</summary>
    public async Task AlertsAsync(Func<IReadOnlyList<string>, bool> isExpected)
    {
        while (!isExpected(await TryListAsync()))
        {
            Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    /// <summary>Ends when a query's values are as expected.</summary>
    public async Task AnswersAsync(string query, Func<IReadOnlyList<double>, bool> isExpected, string what)
    {
        IReadOnlyList<double>? values = null;
        while (values is null || !isExpected(values))
        {
            Assert.False(Token.IsCancellationRequested, $"'{what}' has the values {string.Join(", ", values ?? [])}.");
            values = await TryQueryAsync(query);
            await Task.Yield();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    /// <summary>The values; null while Prometheus starts.</summary>
    private async Task<IReadOnlyList<double>?> TryQueryAsync(string query)
    {
        try
        {
            using var answer = await _client.GetAsync($"/api/v1/query?query={Uri.EscapeDataString(query)}", Token);
            var text = await answer.Content.ReadAsStringAsync(Token);
            Assert.True(answer.IsSuccessStatusCode, $"{query}: {text}");
            return [.. JsonElement.Parse(text).GetProperty("data").GetProperty("result").EnumerateArray().Select(one =>
                double.Parse(one.GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture))];
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>The alerts; one of no name while Prometheus starts.</summary>
    private async Task<IReadOnlyList<string>> TryListAsync()
    {
        try
        {
            var alerts = JsonElement.Parse(await _client.GetStringAsync("/api/v1/alerts", Token)).GetProperty("data").GetProperty("alerts");
            return [.. alerts.EnumerateArray().Select(alert => alert.GetProperty("labels").GetProperty("alertname").GetString()!)];
        }
        catch (HttpRequestException)
        {
            return [""];
        }
    }
}
