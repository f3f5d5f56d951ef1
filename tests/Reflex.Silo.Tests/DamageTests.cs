using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Reflex.Silo.Tests.Support;

namespace Reflex.Silo.Tests;

/// <summary>A silo on a folder in which a log is damaged.</summary>
public sealed class DamageTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ready_LogThatCannotBeOpened_IsDegradedBeforeAnybodyAsks()
    {
        var folder = await DataFolders.StoppedAsync();
        await FlipAsync(folder, "owner", 0);
        await using var silo = await StockSilo.StartAsync(folder);
        await silo.Process.PrintsAsync("1 of 1 partitions with a log can't be used");

        using var ready = await silo.Client.GetAsync("/health/ready", Token);

        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        Assert.Equal("demo/0", FailedOf(await ready.Content.ReadFromJsonAsync<JsonElement>(Token)));
    }

    [Fact]
    public async Task Ready_LogOfWhichAPartCannotBeRead_IsDegradedOnceAReaderCameThere()
    {
        var folder = await DataFolders.StoppedAsync();
        await FlipAsync(folder, $"{1:D20}.log", 100);
        await using var silo = await StockSilo.StartAsync(folder);

        using var read = await silo.Client.GetAsync("/streams/demo/events?toHead=true", Token);
        Assert.Equal(HttpStatusCode.InternalServerError, read.StatusCode);
        using var appended = await silo.Client.PostAsJsonAsync("/streams/demo/events", new { type = 7, foreignId = "a" }, Token);
        Assert.Equal(HttpStatusCode.Created, appended.StatusCode);

        Assert.Equal("demo/0", FailedOf(await silo.Client.GetFromJsonAsync<JsonElement>("/health/ready", Token)));
    }

    private static string? FailedOf(JsonElement ready)
    {
        Assert.Equal("degraded", ready.GetProperty("status").GetString());
        var failed = Assert.Single(ready.GetProperty("checks").GetProperty("reflex").GetProperty("failedPartitions").EnumerateArray());
        Assert.DoesNotContain('/', failed.GetProperty("error").GetString()!);
        return failed.GetProperty("partition").GetString();
    }

    private static async Task FlipAsync(string folder, string name, int position)
    {
        var path = Path.Combine(folder, "data", "streams", "demo", "0", name);
        var bytes = await File.ReadAllBytesAsync(path, Token);
        bytes[position] ^= 4;
        await File.WriteAllBytesAsync(path, bytes, Token);
    }
}
