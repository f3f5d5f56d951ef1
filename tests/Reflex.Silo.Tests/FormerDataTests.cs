using System.IO.Compression;
using System.Net.Http.Json;
using System.Text.Json;
using Reflex.Silo.Tests.Support;

namespace Reflex.Silo.Tests;

/// <summary>
/// A data folder as the first version of format 1 has written it: <c>demo</c> with five events, of which log-events, which is stopped, has
/// handled three; <c>orders</c> with 120 events on four partitions, of which mailer has handled all and shipper some of two partitions.
/// </summary>
public sealed class FormerDataTests
{
    private static readonly int[] Heads = [30, 37, 27, 26];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task FolderOfFormat1_IsSoundAndServedAndItsConsumersGoOn()
    {
        var folder = Unpack();
        var (code, printed, _) = await DataFolders.RunAsync(folder, "verify", "data");
        Assert.Equal(0, code);
        Assert.Contains("Sound: 125 events of 5 partitions", printed, StringComparison.Ordinal);

        await using (var silo = await StockSilo.StartAsync(folder))
        {
            await RequireAllAsync(silo);
            Assert.DoesNotContain("Saw event", silo.Process.Printed, StringComparison.Ordinal);
            (await silo.Client.PostAsync("/consumers/demo/log-events/start", null, Token)).EnsureSuccessStatusCode();
            await silo.Process.PrintsAsync("waiting-4");
            await silo.Process.PrintsAsync("waiting-5");
            Assert.DoesNotContain("handled-", silo.Process.Printed, StringComparison.Ordinal);
            Assert.Equal(0, await silo.Process.TerminateAsync());
        }

        // What was written meanwhile is read as well.
        await using var next = await StockSilo.StartAsync(folder);
        await DataFolders.AppendAsync(next, 1);
        await DataFolders.HandledAsync(next, 6);
    }

    [Fact]
    public async Task FolderOfFormat1_IsCopiedAndRestored()
    {
        var folder = Unpack();
        Assert.Equal(0, (await DataFolders.RunAsync(folder, "backup", "copy")).Code);
        Assert.Equal(0, (await DataFolders.RunAsync(folder, "restore", "copy", "--Reflex:DataPath=restored")).Code);

        await using var silo = await StockSilo.StartAsync(folder, "--Reflex:DataPath=restored");
        await RequireAllAsync(silo);
    }

    private static async Task RequireAllAsync(StockSilo silo)
    {
        var demo = await silo.Client.GetStringAsync("/streams/demo/events?toHead=true", Token);
        Assert.Equal(5, demo.Split('\n').Count(line => line.StartsWith("data:", StringComparison.Ordinal)));
        Assert.Contains("\"metadata\":\"é metadata\"", demo, StringComparison.Ordinal);
        var orders = await silo.Client.GetFromJsonAsync<JsonElement>("/streams/orders", Token);
        Assert.Equal(1_000_000_000, orders.GetProperty("retention").GetProperty("maxBytes").GetInt64());
        Assert.Equal(
            Heads.Select(head => $"{head}"),
            orders.GetProperty("partitions").EnumerateArray().Select(partition => partition.GetProperty("head").GetString()!));

        var consumers = (await silo.Client.GetFromJsonAsync<JsonElement>("/consumers", Token)).GetProperty("consumers").EnumerateArray();
        Assert.Equal(
            ["demo/log-events stopped 3", "orders/mailer running 30.37.27.26", "orders/shipper running .3.5."], consumers.Select(Describe));
    }

    private static string Describe(JsonElement consumer)
    {
        var cursors = consumer.GetProperty("partitions").EnumerateArray().Select(partition => partition.GetProperty("cursor").GetString());
        var id = $"{consumer.GetProperty("stream")}/{consumer.GetProperty("name")}";
        return $"{id} {consumer.GetProperty("state")} {string.Join('.', cursors)}";
    }

    private static string Unpack()
    {
        var folder = Directory.CreateTempSubdirectory("reflex-silo-").FullName;
        ZipFile.ExtractToDirectory(Path.Combine(AppContext.BaseDirectory, "Fixtures", "data-of-format-1.zip"), folder);
        return folder;
    }
}
