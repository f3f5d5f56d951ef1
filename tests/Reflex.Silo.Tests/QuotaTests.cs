using System.Net;
using System.Text;
using System.Text.Json;
using Reflex.Silo.Tests.Support;

namespace Reflex.Silo.Tests;

/// <summary>The stock silo's quotas of what streams may store.</summary>
public sealed class QuotaTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Append_OverTheConfiguredQuota_IsAnsweredWithTheTimeToWait()
    {
        await using var silo = await StockSilo.StartAsync(
            null, "--Reflex:Streams:orders:Partitions=1", "--Reflex:Quotas:MaxStreamBytes=1000000", "--Reflex:Quotas:Streams:orders=50000");
        using var taken = await AppendAsync(silo, 1000);
        Assert.Equal(HttpStatusCode.Created, taken.StatusCode);

        using var refused = await AppendAsync(silo, 40_000);

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal(TimeSpan.FromMinutes(1), refused.Headers.RetryAfter?.Delta);
        using var problem = JsonDocument.Parse(await refused.Content.ReadAsStringAsync(Token));
        Assert.Equal("urn:reflex:problem:quota-exceeded", problem.RootElement.GetProperty("type").GetString());
        Assert.Equal(50_000, problem.RootElement.GetProperty("limit").GetInt64());
        var metrics = await silo.Client.GetStringAsync("/metrics", Token);
        Assert.Contains("reflex_append_refused{reason=\"quota-exceeded\",stream=\"orders\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("reflex_quota_used{stream=\"orders\"} 0.", metrics, StringComparison.Ordinal);
    }

    private static Task<HttpResponseMessage> AppendAsync(StockSilo silo, int bytes) => silo.Client.PostAsync(
        "/streams/orders/events",
        new StringContent(
            $$"""{"type":1,"foreignId":"42","metadata":"{{new string('m', bytes)}}"}""", Encoding.UTF8, "application/json"),
        Token);
}
