using System.Text.Json;
using Reflex.Cli.Tests.Support;

namespace Reflex.Cli.Tests;

/// <summary>With the stock silo's one consumer, which logs the demo stream's events.</summary>
public sealed class ConsumerTests(SiloFixture silo)
{
    [Fact]
    public async Task Consumers_StoppedMovedAndStarted_ShowIt()
    {
        (await silo.RunAsync("append", "demo", "--type", "1", "--foreign-id", "a")).Done();
        (await silo.RunAsync("append", "demo", "--type", "2", "--foreign-id", "a")).Done();

        (await silo.RunAsync("consumers", "stop", "demo", "log-events")).Done();
        (await silo.RunAsync("consumers", "set-cursor", "demo", "log-events", "1")).Done();

        var stopped = await StatusAsync();
        Assert.Equal("stopped", stopped.GetProperty("state").GetString());
        Assert.Equal("1", stopped.GetProperty("cursor").GetString());
        Assert.True(stopped.GetProperty("lagEvents").GetInt64() >= 1);
        Assert.Contains("log-events", (await silo.RunAsync("consumers", "list")).Done(), StringComparison.Ordinal);
        (await silo.RunAsync("consumers", "skip", "demo", "log-events", "2")).Done();
        Assert.StartsWith("2@", (await StatusAsync()).GetProperty("cursor").GetString(), StringComparison.Ordinal);
        (await silo.RunAsync("consumers", "start", "demo", "log-events")).Done();
        Assert.Equal("running", (await StatusAsync()).GetProperty("state").GetString());
        (await silo.RunAsync("consumers", "retry", "demo", "log-events")).Done();
    }

    [Fact]
    public async Task Remove_ConsumerOfTheCluster_IsRefused()
    {
        var tool = await silo.RunAsync("consumers", "remove", "demo", "log-events");

        Assert.Contains("take it out of all silos before it is removed", tool.Sentence(ExitCodes.Failed), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_UnknownConsumer_SaysWhichThereAre()
    {
        var tool = await silo.RunAsync("consumers", "status", "demo", "nobody");

        Assert.Contains("log-events", tool.Sentence(ExitCodes.Failed), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1000000")]
    [InlineData("9223372036854775807")]
    public async Task SetCursor_AheadOfTheHead_IsRefused(string cursor)
    {
        var tool = await silo.RunAsync("consumers", "set-cursor", "demo", "log-events", cursor);

        Assert.Contains($"The cursor {cursor} of demo/0 is ahead of its head", tool.Sentence(ExitCodes.Failed), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Skip_AnotherEventThanTheNext_IsRefused()
    {
        var tool = await silo.RunAsync("consumers", "skip", "demo", "log-events", "9223372036854775807");

        Assert.Contains("skip", tool.Sentence(ExitCodes.Failed), StringComparison.Ordinal);
    }

    private async Task<JsonElement> StatusAsync() =>
        JsonElement.Parse((await silo.RunAsync("consumers", "status", "demo", "log-events", "--json")).Done())[0];
}
