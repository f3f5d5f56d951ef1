using System.Net.Http.Json;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Grpc;
using Reflex.Silo.Tests.Support;
using Reflex.Streams;

namespace Reflex.Silo.Tests.Logging;

/// <summary>What others write into the log of the stock silo.</summary>
public sealed class LogTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Append_AForeignIdThatWouldForgeALine_IsOneLineOfTheLog()
    {
        await using var silo = await StockSilo.StartAsync();

        using var appended = await silo.Client.PostAsJsonAsync(
            "/streams/demo/events", new { type = 7, foreignId = "a\u001b[2J\r\nforged\u2028\u202e" }, Token);

        appended.EnsureSuccessStatusCode();
        await silo.Process.PrintsAsync("forged");
        var line = Assert.Single(silo.Process.Printed.Split('\n'), line => line.Contains("forged", StringComparison.Ordinal));
        Assert.EndsWith(@"and foreign id 'a\u001b[2J\u000d\u000aforged\u2028\u202e'.", line, StringComparison.Ordinal);
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z info: Reflex\.Silo\.Demo\.LogEvents\[\d+\] Saw event 0/1 of type 7", line);
    }

    [Theory]
    [InlineData("--Reflex:Grpc:DefaultStream=a\u001b[2J\r\nforged")]
    [InlineData("--forged\u001b[2J\r\n=x")]
    public async Task Start_RefusedForATextThatWouldForgeALine_SaysSoInOne(string setting)
    {
        await using var silo = StockSilo.Launch(null, setting);

        Assert.Equal(1, await silo.Process.EndsAsync());

        var line = Assert.Single(silo.Process.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(@"\u001b[2J", line, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', line);
    }

    [Fact]
    public async Task Start_InAFolderWhoseNameWouldForgeALine_GreetsInItsLines()
    {
        var folder = Directory.CreateTempSubdirectory("reflex-silo-").CreateSubdirectory("a\u001b[2J\nforged").FullName;

        await using var silo = await StockSilo.StartAsync(folder);

        Assert.DoesNotContain('\u001b', silo.Process.Printed);
        Assert.DoesNotContain(silo.Process.Printed.Split('\n'), line => line.StartsWith("forged", StringComparison.Ordinal));
        Assert.Contains(@"a\u001b[2J\u000aforged", silo.Process.Printed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/streams/demo/events?toHead=true")]
    [InlineData("/streams/\u001b[2J\nforged")]
    [InlineData("/nothing")]
    public async Task Ask_WhatEndsWithoutHarm_LogsNothing(string path)
    {
        await using var silo = await StartedAsync();
        var before = silo.Process.Printed.Length;

        for (var i = 0; i < 20; i++)
        {
            using var answer = await silo.Client.GetAsync(path, Token);
        }

        await LogsOnlyItsEndAsync(silo, before);
    }

    [Fact]
    public async Task Stream_ToTheHeadOrUntilTheClientHasEnough_LogsNothing()
    {
        await using var silo = await StartedAsync();
        using var client = new ReflexGrpcClient(new Uri(silo.GrpcUrl));
        await client.GetStream("demo").AppendAsync(new NewEvent(1, "a"), Token);
        await silo.Process.PrintsLineAsync("Saw event");
        var before = silo.Process.Printed.Length;

        for (var i = 0; i < 20; i++)
        {
            await Assert.ThrowsAsync<HeadReachedException>(() => ReadAsync(client, new StreamOptions { ToHead = true }, enough: 2));
            await ReadAsync(client, new StreamOptions(), enough: 1);
        }

        await LogsOnlyItsEndAsync(silo, before);
    }

    /// <summary>A silo that has said all that it says of itself: its consumer opens a partition while it looks which there are.</summary>
    private static async Task<StockSilo> StartedAsync()
    {
        var silo = await StockSilo.StartAsync();
        await silo.Process.PrintsLineAsync("is open at head");
        await silo.Process.PrintsLineAsync("partitions with a log are open");
        return silo;
    }

    private static async Task ReadAsync(ReflexGrpcClient client, StreamOptions options, int enough)
    {
        await foreach (var e in client.GetStream("demo").StreamAsync(Cursor.Empty, options, Token))
        {
            if (--enough == 0)
            {
                return;
            }
        }
    }

    private static async Task LogsOnlyItsEndAsync(StockSilo silo, int from)
    {
        Assert.Equal(0, await silo.Process.TerminateAsync());
        var line = Assert.Single(silo.Process.Printed[from..].Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("is closed at head", line, StringComparison.Ordinal);
    }
}
