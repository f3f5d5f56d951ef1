using System.Diagnostics.Metrics;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Reflex.AspNetCore.Tests.Access;
using Reflex.AspNetCore.Tests.Support;
using Reflex.Consumers;
using Reflex.Diagnostics;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.AspNetCore.Tests.Http.Health;

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
    public async Task Get_ReadyOfASiloThatStops_Answers503WhileItServes()
    {
        await using var server = await HttpServer.StartAsync(_client);
        Assert.Equal(HttpStatusCode.OK, (await server.GetAsync("/health/ready")).StatusCode);

        server.Lifetime.StopApplication();
        using var response = await server.GetAsync("/health/ready");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        var json = JsonElement.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("The silo is stopping.", json.GetProperty("checks").GetProperty("reflex").GetProperty("description").GetString());
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

    [Fact]
    public async Task Get_ReadyWithPartitionsThatCannotBeUsed_Answers200AndTellsWhich()
    {
        await using var server = await HttpServer.StartAsync(_client, addServices: services => services.AddSingleton(SomeFailed()));

        var json = await (await server.GetAsync("/health/ready")).JsonAsync();

        Assert.Equal("degraded", json.Text("status"));
        var check = json.GetProperty("checks").GetProperty("reflex");
        Assert.Contains("2 of this silo's partitions can't be used", check.Text("description"), StringComparison.Ordinal);
        var partitions = check.GetProperty("failedPartitions").EnumerateArray().ToArray();
        Assert.Equal(["logs/0", "orders/3"], partitions.Select(failed => failed.Text("partition")));
        Assert.Equal("orders are out.", partitions[0].Text("error"));
        Assert.Matches("^Stored data is damaged: [^/]+$", partitions[1].Text("error"));
    }

    [Fact]
    public async Task Get_ReadyWithManyPartitionsThatCannotBeUsed_TellsAHundred()
    {
        var failed = new FailedPartitions();
        for (var index = 0; index < 1024; index++)
        {
            failed.Add(new PartitionId("orders", index), new LogCorruptedException("damaged"));
        }

        await using var server = await HttpServer.StartAsync(_client, addServices: services => services.AddSingleton(failed));

        var check = (await (await server.GetAsync("/health/ready")).JsonAsync()).GetProperty("checks").GetProperty("reflex");

        Assert.Contains("1024 of", check.Text("description"), StringComparison.Ordinal);
        Assert.Equal(100, check.GetProperty("failedPartitions").GetArrayLength());
    }

    [Theory]
    [InlineData(null, "")]
    [InlineData(Callers.Key, "orders/3")]
    [InlineData("a-key-that-nobody-has-0123456789", "")]
    public async Task Get_ReadyWhileAccessIsOn_TellsOnlyTheNamesThatTheCallerMaySee(string? key, string seen)
    {
        await using var server = await HttpServer.StartAsync(_client, addServices: services => services
            .AddSingleton(SomeFailed())
            .AddReflexAccess(access => access.WithKey("orders", Callers.Key).WithPolicy("key:orders", "orders", "stream")));

        using var answer = await server.AskAsync("GET", "/health/ready", key);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var check = (await answer.JsonAsync()).GetProperty("checks").GetProperty("reflex");
        Assert.Contains("2 of this silo's partitions can't be used", check.Text("description"), StringComparison.Ordinal);
        var names = check.GetProperty("failedPartitions").EnumerateArray().Select(failed => failed.Text("partition"));
        Assert.Equal(seen, string.Join(' ', names));
    }

    [Fact]
    public async Task Get_ProblemsWhereThereAreNone_Answers200()
    {
        await using var server = await HttpServer.StartAsync(
            _client,
            addServices: services => services.AddSingleton(new CommitTimes(TimeProvider.System)).AddSingleton(new FailedPartitions()));

        var json = await (await server.GetAsync("/health/problems")).JsonAsync();

        Assert.Equal("healthy", json.Text("status"));
        Assert.Equal(
            ["cluster healthy", "partitions healthy", "consumers healthy", "storage healthy"],
            json.GetProperty("checks").EnumerateObject().Select(check => $"{check.Name} {check.Value.Text("status")}"));
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public async Task Get_ProblemsWithPartitionsThatCannotBeUsed_Answers503WhenThereAreMoreThanMayBe(int most, bool isGood)
    {
        await using var server = await HttpServer.StartAsync(
            _client, options => options.MaxFailedPartitions = most, services => services.AddSingleton(SomeFailed()));

        var check = await ReadProblemAsync(server, "partitions", isGood);

        Assert.Equal(["logs/0", "orders/3"], check.GetProperty("failedPartitions").EnumerateArray().Select(one => one.Text("partition")));
    }

    [Fact]
    public async Task Get_ProblemsWithAConsumerThatIsStuck_Answers503AfterAWhileUntilItIsNotAnyMore()
    {
        var time = new FakeTimeProvider();
        using var meters = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var instruments = new ReflexInstruments(meters.GetRequiredService<IMeterFactory>(), time);
        using var consumer = instruments.ForConsumer("orders", 3, new ConsumerOptions("printer"));
        await using var server = await HttpServer.StartAsync(
            _client, options => options.TimeProvider = time, services => services.AddSingleton(instruments));
        var since = time.GetUtcNow();
        consumer.IsStuck = true;
        await ReadProblemAsync(server, "consumers", isGood: true);

        time.Advance(TimeSpan.FromMinutes(1));
        consumer.IsStuck = true;
        var check = await ReadProblemAsync(server, "consumers", isGood: false);
        var stuck = Assert.Single(check.GetProperty("stuckConsumers").EnumerateArray());
        Assert.Equal(("printer", "orders", 3), (stuck.Text("consumer"), stuck.Text("stream"), stuck.GetProperty("partition").GetInt32()));
        Assert.Equal(since, stuck.GetProperty("since").GetDateTimeOffset());

        consumer.IsStuck = false;
        await ReadProblemAsync(server, "consumers", isGood: true);
    }

    [Fact]
    public async Task Get_ProblemsWithASlowOrFailingStorage_Answers503ThenAndAMinuteAfterIt()
    {
        var time = new FakeTimeProvider();
        var commits = new CommitTimes(time);
        using var watch = commits.Watch(new PartitionId("orders", 0));
        await using var server = await HttpServer.StartAsync(_client, addServices: services => services.AddSingleton(commits));
        watch.Begin();
        await ReadProblemAsync(server, "storage", isGood: true);

        time.Advance(TimeSpan.FromSeconds(3));
        var check = await ReadProblemAsync(server, "storage", isGood: false);
        Assert.Contains("took 3.000 s; up to 00:00:02 is good", check.Text("description"), StringComparison.Ordinal);

        watch.End();
        await ReadProblemAsync(server, "storage", isGood: false);
        time.Advance(TimeSpan.FromMinutes(1));
        await ReadProblemAsync(server, "storage", isGood: true);

        watch.Begin();
        watch.Fail(new ServerBusyException("The disk is away."));
        check = await ReadProblemAsync(server, "storage", isGood: false);
        Assert.EndsWith("within the last minute: The disk is away.", check.Text("description"), StringComparison.Ordinal);
        time.Advance(TimeSpan.FromMinutes(1));
        await ReadProblemAsync(server, "storage", isGood: true);
    }

    [Fact]
    public async Task Get_ProblemsWhenTheClusterDoesNotAnswer_Answers503WithTheReason()
    {
        _client.FailLists = new TimeoutException("nobody there");
        await using var server = await HttpServer.StartAsync(_client);

        await ReadProblemAsync(server, "cluster", isGood: false);
    }

    [Fact]
    public async Task Get_ProblemsWhileAccessIsOn_TellsNoNameWithoutACredential()
    {
        await using var server = await HttpServer.StartAsync(_client, addServices: services => services
            .AddSingleton(SomeFailed())
            .AddReflexAccess(access => access.WithKey("orders", Callers.Key).WithPolicy("key:orders", "orders", "stream")));

        var check = await ReadProblemAsync(server, "partitions", isGood: false);

        Assert.Empty(check.GetProperty("failedPartitions").EnumerateArray());
    }

    /// <summary>Asks for the problems, of which there are none but that of the one check, if it has one.</summary>
    private static async Task<JsonElement> ReadProblemAsync(HttpServer server, string name, bool isGood)
    {
        var json = isGood
            ? await (await server.GetAsync("/health/problems")).JsonAsync()
            : await ReadUnhealthyAsync(server.GetAsync("/health/problems"));
        Assert.All(
            json.GetProperty("checks").EnumerateObject(),
            check => Assert.Equal(isGood || check.Name != name ? "healthy" : "unhealthy", check.Value.Text("status")));
        return json.GetProperty("checks").GetProperty(name);
    }

    private static FailedPartitions SomeFailed()
    {
        var failed = new FailedPartitions();
        failed.Add(new PartitionId("orders", 3), new LogCorruptedException("/srv/data/3.log is damaged"));
        failed.Add(new PartitionId("logs", 0), new ServerBusyException("orders are out."));
        return failed;
    }

    private static async Task<JsonElement> ReadUnhealthyAsync(Task<HttpResponseMessage> asking)
    {
        var answer = await asking;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        return JsonElement.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
