using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Reflex.Silo.Tests.Support;
using Reflex.Tests.Shared;

namespace Reflex.Silo.Tests.Telemetry;

/// <summary>What the stock silo tells Prometheus.</summary>
public sealed partial class MetricsTests
{
    private const string Path = "/metrics";
    private const string Key = "the-key-of-prometheus-6f1d0c5e";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Metrics_OfAnAppendThatIsHandled_TellOfItUnderTheDocumentedNames()
    {
        await using var silo = await StockSilo.StartAsync(null, "--Reflex:Quotas:MaxStreamBytes=1000000");
        await AppendAsync(silo);
        await silo.Process.PrintsAsync("Saw event 0/1");
        using var open = await silo.Client.GetAsync("/streams/demo/events", HttpCompletionOption.ResponseHeadersRead, Token);

        var metrics = await silo.Client.GetStringAsync(Path, Token);

        Assert.Contains("reflex_append_events{partition=\"0\",stream=\"demo\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains(
            "reflex_consumer_lag_alert{consumer_name=\"log-events\",partition=\"0\",stream=\"demo\"} 0\n",
            metrics,
            StringComparison.Ordinal);
        var documented = Documented();
        foreach (var series in metrics.Split('\n').Where(line => line.StartsWith("reflex_", StringComparison.Ordinal)))
        {
            var name = HistogramPart().Replace(series.Split('{', ' ')[0], "");
            Assert.True(documented.TryGetValue(name, out var labels), series);
            Assert.Equal(labels.Order(), Label().Matches(series).Select(label => label.Groups[1].Value).Except(["le"]).Order());
        }

        // Counters come with their first count, and what is wrong while it is.
        Assert.All(
            documented.Keys.Where(IsAlwaysThere),
            name => Assert.Contains($"\n# TYPE {name} ", metrics, StringComparison.Ordinal));
        Assert.All(
            ["orleans_", "dotnet_", "http_server_", "kestrel_"],
            prefix => Assert.Contains($"\n{prefix}", metrics, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Metrics_AskedForAsPrometheusDoes_HaveTheSameNames()
    {
        await using var silo = await StockSilo.StartAsync();
        await AppendAsync(silo);
        using var request = new HttpRequestMessage(HttpMethod.Get, Path);
        request.Headers.Add("Accept", "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1");

        using var answer = await silo.Client.SendAsync(request, Token);

        Assert.Equal("text/plain", answer.Content.Headers.ContentType?.MediaType);
        Assert.Contains("\nreflex_append_events{", await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_WhereAccessIsOn_AreForWhoMayObserve()
    {
        await using var silo = await StockSilo.StartAsync(
            null,
            $"--Reflex:Access:ApiKeys:prometheus:0={Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Key)))}",
            "--Reflex:Access:Policies:metrics:Who:0=key:prometheus",
            "--Reflex:Access:Policies:metrics:Streams:0=*",
            "--Reflex:Access:Policies:metrics:May:0=observe");

        Assert.Equal(HttpStatusCode.Unauthorized, (await silo.Client.GetAsync(Path, Token)).StatusCode);
        using var request = new HttpRequestMessage(HttpMethod.Get, Path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        Assert.Equal(HttpStatusCode.OK, (await silo.Client.SendAsync(request, Token)).StatusCode);
    }

    [Fact]
    public async Task Metrics_WithAPortOfTheirOwn_AreAnsweredThereAndNothingElseIs()
    {
        var port = Ports.Free();
        await using var silo = await StockSilo.StartAsync(
            null, $"--Kestrel:Endpoints:Metrics:Url=http://127.0.0.1:{port}", $"--Reflex:Telemetry:MetricsPort={port}");
        var own = $"http://127.0.0.1:{port}";

        Assert.Equal(
            [HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.NotFound, HttpStatusCode.OK],
            [
                await AskAsync(own + Path), await AskAsync(own + "/health/ready"), await AskAsync(own + "/streams"),
                await AskAsync(silo.Url + "/streams"),
            ]);
        foreach (var path in (string[])[Path, "/metrics/", "/METRICS", "/%6Detrics"])
        {
            Assert.Equal(HttpStatusCode.NotFound, await AskAsync(silo.Url + path));
        }

        async Task<HttpStatusCode> AskAsync(string url) => (await silo.Client.GetAsync(url, Token)).StatusCode;
    }

    [Fact]
    public async Task Metrics_ThatAreOff_AreNotThere()
    {
        await using var silo = await StockSilo.StartAsync(null, "--Reflex:Telemetry:Metrics=false");

        Assert.Equal(HttpStatusCode.NotFound, (await silo.Client.GetAsync(Path, Token)).StatusCode);
    }

    [Theory]
    [InlineData(
        "The setting Reflex:Telemetry:MetricsPort is 9464, where none of Kestrel:Endpoints listens: add "
        + "Kestrel:Endpoints:Metrics:Url=http://localhost:9464.",
        "",
        "--Reflex:Telemetry:MetricsPort=9464")]
    [InlineData(
        "The setting Reflex:Telemetry:MetricsPort is 9464, where Kestrel:Endpoints:Http listens, and nothing but metrics would be "
        + "answered there: give them an endpoint of their own, such as Kestrel:Endpoints:Metrics:Url=http://localhost:9464.",
        "",
        "--Kestrel:Endpoints:Http:Url=http://127.0.0.1:9464",
        "--Reflex:Telemetry:MetricsPort=9464")]
    [InlineData(
        "The setting Reflex:Telemetry:MetricsPort is 9464, but Metrics beside it is false: leave one out.",
        "",
        "--Reflex:Telemetry:MetricsPort=9464",
        "--Reflex:Telemetry:Metrics=false")]
    [InlineData(
        "The environment variable OTEL_TRACES_EXPORTER is 'zipkin': expected otlp or none.", "OTEL_TRACES_EXPORTER=zipkin")]
    [InlineData(
        "The environment variable OTEL_EXPORTER_OTLP_TRACES_PROTOCOL is 'json': expected grpc or http/protobuf.",
        "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=json")]
    [InlineData(
        "The environment variable OTEL_EXPORTER_OTLP_ENDPOINT is 'collector:4317': expected an address such as http://collector:4317.",
        "OTEL_EXPORTER_OTLP_ENDPOINT=collector:4317")]
    [InlineData(
        "The environment variable OTEL_EXPORTER_OTLP_LOGS_ENDPOINT is 'x': expected an address such as http://collector:4317.",
        "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT=x")]
    public async Task Start_WithWhatHasNoMeaning_IsRefusedNamingIt(string expected, string variable, params string[] settings)
    {
        await using var silo = StockSilo.LaunchBy(
            ["env", .. variable.Length > 0 ? [variable] : Array.Empty<string>(), "dotnet", Running.DllOf("silo")],
            Directory.CreateTempSubdirectory("reflex-silo-").FullName,
            Ports.Free(4),
            settings);

        Assert.Equal(1, await silo.Process.EndsAsync());

        var line = Assert.Single(silo.Process.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal($"Reflex can't start: {expected}", line);
    }

    private static async Task AppendAsync(StockSilo silo)
    {
        using var body = new StringContent("{\"type\":1,\"foreignId\":\"42\"}", Encoding.UTF8, "application/json");
        using var answer = await silo.Client.PostAsync("/streams/demo/events", body, Token);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    /// <summary>The labels of each metric of the document's table.</summary>
    private static Dictionary<string, string[]> Documented() => Rows()
        .ToDictionary(cells => QuotedIn(cells[1]).Single(), cells => QuotedIn(cells[2]).ToArray());

    private static bool IsAlwaysThere(string name) =>
        Rows().Single(cells => QuotedIn(cells[1]).Single() == name)[3] is var told
        && !told.StartsWith(" counter:", StringComparison.Ordinal)
        && !told.StartsWith(" gauge that is there while", StringComparison.Ordinal);

    private static IEnumerable<string[]> Rows() => File
        .ReadLines(System.IO.Path.Combine(AppContext.BaseDirectory, "TELEMETRY.md"))
        .Where(line => line.StartsWith("| `reflex_", StringComparison.Ordinal))
        .Select(line => line.Split('|'));

    private static IEnumerable<string> QuotedIn(string cell) => Quoted().Matches(cell).Select(word => word.Groups[1].Value);

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex HistogramPart();

    [GeneratedRegex("[{,]([a-z_]+)=\"")]
    private static partial Regex Label();

    [GeneratedRegex("`([a-z_]+)`")]
    private static partial Regex Quoted();
}
