using System.Text.Json;
using Reflex.AspNetCore.Tests.Support;

namespace Reflex.AspNetCore.Tests.Events;

public sealed class ShutdownTests(Cluster cluster) : HttpTest(cluster)
{
    [Theory]
    [InlineData("")]
    [InlineData("?lag=10.00:00:00")]
    public async Task Stop_IdleServerSentEvents_SaysStoppedAndEnds(string query)
    {
        var stream = await Cluster.NewStreamAsync();
        using var events = await SseReader.OpenAsync(Server, $"/streams/{stream}/events{query}");

        var stopping = Server.StopAsync();
        var last = Assert.Single(await events.ReadAllAsync());
        await stopping;

        Assert.Equal("stopped", last.Event);
        Answers.AssertProblem(last.Data!.Value, 503, "stream-stopped");
    }

    [Fact]
    public async Task Stop_IdleLines_EndsWithALineAndACutResponse()
    {
        var stream = await Cluster.NewStreamAsync();
        using var response = await Server.OpenAsync($"/streams/{stream}/events", "application/x-ndjson");
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(Token));

        var stopping = Server.StopAsync();
        var last = JsonElement.Parse((await lines.ReadLineAsync(Token))!);
        await Assert.ThrowsAnyAsync<IOException>(async () => await lines.ReadLineAsync(Token));
        await stopping;

        Answers.AssertProblem(last.GetProperty("error"), 503, "stream-stopped");
    }

    [Fact]
    public async Task Stop_ClientThatReadsNothing_DoesNotHoldItUp()
    {
        var stream = await Cluster.NewStreamAsync();
        await Cluster.AppendAsync(stream, 200_000);
        using var response = await Server.OpenAsync($"/streams/{stream}/events");

        await Server.StopAsync();

        Assert.DoesNotContain(Server.Logs.GetSnapshot(), log => log.Message.Contains("did not finish", StringComparison.Ordinal));
    }
}
