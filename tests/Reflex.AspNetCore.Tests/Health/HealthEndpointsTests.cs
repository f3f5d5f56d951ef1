using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Reflex.AspNetCore.Tests.Support;
using Reflex.Storage;

namespace Reflex.AspNetCore.Tests.Health;

public sealed class HealthEndpointsTests(Cluster cluster)
{
    private readonly FaultyClient _client = new(cluster.Client);

    [Fact]
    public async Task Get_Live_AnswersWithoutAskingTheCluster()
    {
        _client.Hangs = true;
        await using var server = await HttpServer.StartAsync(_client);

        var json = await (await server.GetAsync("/health/live")).JsonAsync();

        Assert.Equal("healthy", json.Text("status"));
    }

    [Theory]
    [InlineData(Durability.Flushed, "flushed")]
    [InlineData(Durability.Buffered, "buffered")]
    public async Task Get_Ready_TellsTheStorageAndItsDurability(Durability durability, string expected)
    {
        await using var server = await HttpServer.StartAsync(
            _client, addServices: services => services.AddSingleton<IEventLogProvider>(new NamedStorage(durability)));

        var json = await (await server.GetAsync("/health/ready")).JsonAsync();

        var check = json.GetProperty("checks").GetProperty("reflex");
        Assert.Equal("healthy", json.Text("status"));
        Assert.Equal("named", check.Text("storage"));
        Assert.Equal(expected, check.Text("durability"));
    }

    [Fact]
    public async Task Get_ReadyWithoutStorage_TellsOnlyThatTheClusterAnswers()
    {
        await using var server = await HttpServer.StartAsync(_client);

        var json = await (await server.GetAsync("/health/ready")).JsonAsync();

        Assert.Equal(
            """{"status":"healthy","checks":{"reflex":{"status":"healthy","description":"The cluster answers.","streams":"N"}}}""",
            Regex.Replace(json.GetRawText(), "\\d+", "N"));
    }

    [Fact]
    public async Task Get_ReadyWhenListsFail_Answers503WithTheReason()
    {
        _client.FailLists = new TimeoutException("nobody there");
        await using var server = await HttpServer.StartAsync(_client);

        var json = await ReadUnhealthyAsync(server.GetAsync("/health/ready"));

        Assert.Equal("unhealthy", json.Text("status"));
    }

    [Fact]
    public async Task Get_ReadyWhenTheClusterIsSilent_Answers503AfterTheTimeout()
    {
        var time = new FakeTimeProvider();
        _client.Hangs = true;
        await using var server = await HttpServer.StartAsync(_client, options =>
        {
            options.TimeProvider = time;
            options.ReadyTimeout = TimeSpan.FromSeconds(5);
        });

        var answer = server.GetAsync("/health/ready");
        while (!answer.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        var json = await ReadUnhealthyAsync(answer);
        Assert.Contains("within 00:00:05", json.GetProperty("checks").GetProperty("reflex").Text("description"), StringComparison.Ordinal);
    }

    private static async Task<JsonElement> ReadUnhealthyAsync(Task<HttpResponseMessage> asking)
    {
        var answer = await asking;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        return JsonElement.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
