using System.Net;
using System.Text.Json;
using Reflex.AspNetCore.Tests.Support;
using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.AspNetCore.Tests.Http.Consumers;

public sealed class ConsumerEndpointsTests(Cluster cluster) : HttpTest(cluster)
{
    private static readonly DateTimeOffset Since = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public async Task Get_StuckConsumer_TellsWhyAndWhere()
    {
        var fault = new ConsumerFault("Boom: it broke", new EventId(42), 3, Since, Since.AddSeconds(8));
        Faults.AddConsumer("orders", "receipts").Partitions =
        [
            new(0, ConsumerState.Stuck, fault, new EventId(41), new EventId(44), 3, TimeSpan.FromSeconds(90.5)),
            new(1, ConsumerState.Running, null, null, EventId.None, 0, TimeSpan.Zero),
        ];

        var json = await (await Server.GetAsync("/consumers/orders/receipts")).JsonAsync();

        Assert.Equal(
            """
            {"stream":"orders","name":"receipts","state":"stuck","lagEvents":3,"lagSeconds":90.5,"partitions":[
            {"partition":0,"state":"stuck","cursor":"41","head":"44","lagEvents":3,"lagSeconds":90.5,"fault":
            {"error":"Boom: it broke","event":"42","attempts":3,"since":"2026-01-02T03:04:05Z","nextRetry":"2026-01-02T03:04:13Z"}},
            {"partition":1,"state":"running","cursor":null,"head":"0","lagEvents":0,"lagSeconds":0,"fault":null}]}
            """.ReplaceLineEndings(""),
            json.GetRawText());
    }

    [Theory]
    [InlineData("start")]
    [InlineData("stop")]
    [InlineData("retry")]
    public async Task Post_Control_CallsItAndAnswersTheStatus(string control)
    {
        var consumer = Faults.AddConsumer("orders", "receipts");

        var json = await (await Server.Client.PostAsync($"/consumers/orders/receipts/{control}", null, Token)).JsonAsync();

        Assert.Equal([control], consumer.Calls);
        Assert.Equal("receipts", json.Text("name"));
    }

    /// <summary>An error would say that the control wasn't carried out.</summary>
    [Fact]
    public async Task Post_ControlAfterWhichTheStatusCannotBeHad_Answers200WithTheError()
    {
        var consumer = Faults.AddConsumer("orders", "receipts");
        consumer.FailStatus = new LogCorruptedException("/srv/data/1.log is damaged");

        var json = await (await Server.PutAsync("/consumers/orders/receipts/cursor", """{"cursor":"12"}""")).JsonAsync();

        Assert.Equal(["cursor '12'"], consumer.Calls);
        Assert.Equal("unknown", json.Text("state"));
        Assert.StartsWith("Stored data is damaged", json.Text("error"), StringComparison.Ordinal);
        Assert.DoesNotContain("/srv", json.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_Skip_SkipsTheNamedEvent()
    {
        var consumer = Faults.AddConsumer("orders", "receipts");

        await (await Server.PostAsync("/consumers/orders/receipts/skip", """{"partition":1,"id":"42"}""")).JsonAsync();

        Assert.Equal(["skip 1/42"], consumer.Calls);
    }

    [Theory]
    [InlineData("12.40.7")]
    [InlineData("12")]
    [InlineData("")]
    public async Task Put_Cursor_SetsIt(string cursor)
    {
        var consumer = Faults.AddConsumer("orders", "receipts");

        await (await Server.PutAsync("/consumers/orders/receipts/cursor", $"{{\"cursor\":\"{cursor}\"}}")).JsonAsync();

        Assert.Equal([$"cursor '{cursor}'"], consumer.Calls);
    }

    [Theory]
    [InlineData("skip", "", "malformed-body")]
    [InlineData("skip", """{"id":"42"}""", "malformed-body")]
    [InlineData("skip", """{"partition":0}""", "malformed-body")]
    [InlineData("skip", """{"partition":0,"id":42}""", "malformed-body")]
    [InlineData("skip", """{"partition":0,"id":"x"}""", "bad-request")]
    [InlineData("cursor", "{}", "malformed-body")]
    [InlineData("cursor", """{"cursor":12}""", "malformed-body")]
    [InlineData("cursor", """{"cursor":null}""", "malformed-body")]
    [InlineData("cursor", """{"cursor":"x"}""", "bad-request")]
    [InlineData("cursor", """{"cursor":"1","partition":0}""", "malformed-body")]
    public async Task Control_BadBody_Answers400AndCallsNothing(string control, string body, string code)
    {
        var consumer = Faults.AddConsumer("orders", "receipts");
        var path = $"/consumers/orders/receipts/{control}";

        var answer = control == "cursor" ? await Server.PutAsync(path, body) : await Server.PostAsync(path, body);

        await answer.ProblemAsync(HttpStatusCode.BadRequest, code);
        Assert.Empty(consumer.Calls);
    }

    [Fact]
    public async Task Control_NotPossibleNow_Answers409WithTheReason()
    {
        Faults.AddConsumer("orders", "receipts").FailControls = new InvalidOperationException("Event 42 is not the next one.");

        var problem = await (await Server.PostAsync("/consumers/orders/receipts/skip", """{"partition":0,"id":"42"}"""))
            .ProblemAsync(HttpStatusCode.Conflict, "consumer-conflict");

        Assert.Equal("Event 42 is not the next one.", problem.Detail());
        Assert.Equal("orders", problem.Text("stream"));
        Assert.Equal("receipts", problem.Text("consumer"));
    }

    [Fact]
    public async Task Control_CursorAhead_Answers409NamingTheHead()
    {
        Faults.AddConsumer("orders", "receipts").FailControls =
            new CursorAheadException(new PartitionId("orders", 1), new EventId(9), new EventId(5));

        var problem = await (await Server.PutAsync("/consumers/orders/receipts/cursor", """{"cursor":"9"}"""))
            .ProblemAsync(HttpStatusCode.Conflict, "cursor-ahead");

        Assert.Equal("5", problem.Text("head"));
        Assert.Equal(1, problem.GetProperty("partition").GetInt32());
    }

    [Fact]
    public async Task AnyCall_UnknownConsumer_Answers404ListingWhatExists()
    {
        HttpResponseMessage[] answers =
        [
            await Server.GetAsync($"/consumers/{Cluster.Watched}/nobody"),
            await Server.Client.PostAsync($"/consumers/{Cluster.Watched}/nobody/stop", null, Token),
            await Server.PostAsync($"/consumers/{Cluster.Watched}/nobody/skip", """{"partition":0,"id":"1"}"""),
            await Server.PutAsync($"/consumers/{Cluster.Watched}/nobody/cursor", """{"cursor":""}"""),
        ];

        foreach (var answer in answers)
        {
            var problem = await answer.ProblemAsync(HttpStatusCode.NotFound, "consumer-not-found");
            Assert.Equal("nobody", problem.Text("consumer"));
            Assert.Contains($"{Cluster.Watched}/{Cluster.Watcher}", problem.Detail(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("/consumers/Orders/receipts", "'Orders' is not the name of a stream")]
    [InlineData("/consumers/orders/Receipts", "'Receipts' is not the name of a consumer")]
    public async Task Get_BadName_Answers400WithTheRule(string path, string expected)
    {
        var problem = await (await Server.GetAsync(path)).ProblemAsync(HttpStatusCode.BadRequest, "bad-request");

        Assert.Contains(expected, problem.Detail(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_OneConsumerFails_ShowsTheOthersAndItsError()
    {
        Faults.AddConsumer("orders", "good").Partitions = [new(0, ConsumerState.Stopped, null, null, EventId.None, 0, TimeSpan.Zero)];
        Faults.AddConsumer("orders", "bad").FailStatus = new StreamNotFoundException("orders", []);

        var json = await (await Server.GetAsync("/consumers")).JsonAsync();

        var consumers = json.GetProperty("consumers").EnumerateArray().ToDictionary(c => c.Text("name")!);
        Assert.Equal("stopped", consumers["good"].Text("state"));
        Assert.Equal("unknown", consumers["bad"].Text("state"));
        Assert.Contains("no stream 'orders'", consumers["bad"].Text("error"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_Many_IsSentAsItIsGathered()
    {
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        for (var i = 0; i < 100; i++)
        {
            Faults.AddConsumer("orders", $"name-{i:00}").BeforeStatus = i == 99 ? go.Task : Task.CompletedTask;
        }

        using var answer = await Server.OpenAsync("/consumers");
        await using var body = await answer.Content.ReadAsStreamAsync(Token);
        var beginning = new byte[100];
        await body.ReadExactlyAsync(beginning, Token);
        go.SetResult();
        using var rest = new StreamReader(body);
        var json = JsonElement.Parse(System.Text.Encoding.UTF8.GetString(beginning) + await rest.ReadToEndAsync(Token));

        Assert.Equal("application/json; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal(
            Enumerable.Range(0, 100).Select(i => $"name-{i:00}"),
            json.GetProperty("consumers").EnumerateArray().Select(consumer => consumer.Text("name")));
    }

    [Fact]
    public async Task List_FailingUnexpectedly_IsAProblemWhileNothingIsSentAndNeverAWholeList()
    {
        for (var i = 0; i < 100; i++)
        {
            Faults.AddConsumer("orders", $"name-{i:00}");
        }

        Faults.Consumers[new ConsumerId("orders", "name-01")].FailStatus = new InvalidOperationException("a secret");
        await (await Server.GetAsync("/consumers")).ProblemAsync(HttpStatusCode.InternalServerError, "internal-error");

        Faults.Consumers[new ConsumerId("orders", "name-01")].FailStatus = null;
        Faults.Consumers[new ConsumerId("orders", "name-99")].FailStatus = new InvalidOperationException("a secret");
        using var answer = await Server.OpenAsync("/consumers");
        var error = await Record.ExceptionAsync(() => answer.Content.ReadAsStringAsync(Token));

        Assert.IsType<HttpRequestException>(error);
        Assert.Equal(2, Server.Errors().Count);
    }

    [Fact]
    public async Task RealConsumer_StuckOnAnEvent_GoesOnAfterSkip()
    {
        const string Path = $"/consumers/{Cluster.Watched}/{Cluster.Watcher}";
        var source = Cluster.Client.GetStream(Cluster.Watched);
        var bad = await source.AppendAsync(new NewEvent(RecordingConsumer.BadType, "bad"), Token);
        var next = await source.AppendAsync(new NewEvent(1, "bad"), Token);
        var skip = $"{{\"partition\":{bad.Partition},\"id\":\"{bad.Id}\"}}";

        var stuck = await AskAsync(part => part.Text("state") == "stuck" && part.Text("cursor")?.Split('@')[0] != bad.Id.ToString());
        var skipped = await (await Server.PostAsync(Path + "/skip", skip)).JsonAsync();
        var done = await AskAsync(part => part.GetProperty("lagEvents").GetInt64() == 0);
        var again = await Server.PostAsync(Path + "/skip", skip);

        Assert.Equal(bad.Id.ToString(), stuck.GetProperty("fault").Text("event"));
        Assert.Contains("can't be handled.", stuck.GetProperty("fault").Text("error"), StringComparison.Ordinal);
        Assert.Equal(Cluster.Watcher, skipped.Text("name"));
        Assert.Equal(next.Id, Cursor.Parse(done.Text("cursor")!).Of(0)?.Id);
        await again.ProblemAsync(HttpStatusCode.Conflict, "consumer-conflict");

        // The consumer does its work in its own time.
        async Task<JsonElement> AskAsync(Func<JsonElement, bool> isIt)
        {
            while (true)
            {
                var part = (await (await Server.GetAsync(Path)).JsonAsync()).GetProperty("partitions")[bad.Partition];
                if (isIt(part))
                {
                    return part;
                }
            }
        }
    }

    [Fact]
    public async Task Delete_ConsumerThatTheClusterDoesntRun_Answers204AndThenItIsGone()
    {
        var stream = await Cluster.NewStreamAsync();
        await Cluster.Client.GetCursors(stream).SetAsync("mailer", Cursor.Empty, Token);
        await (await Server.GetAsync($"/consumers/{stream}/mailer")).JsonAsync();

        var answer = await Server.Client.DeleteAsync($"/consumers/{stream}/mailer", Token);

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        await (await Server.GetAsync($"/consumers/{stream}/mailer")).ProblemAsync(HttpStatusCode.NotFound, "consumer-not-found");
        await (await Server.Client.DeleteAsync($"/consumers/{stream}/mailer", Token))
            .ProblemAsync(HttpStatusCode.NotFound, "consumer-not-found");
    }

    [Fact]
    public async Task Delete_ConsumerThatTheClusterRuns_Answers409()
    {
        var problem = await (await Server.Client.DeleteAsync($"/consumers/{Cluster.Watched}/{Cluster.Watcher}", Token))
            .ProblemAsync(HttpStatusCode.Conflict, "consumer-conflict");

        Assert.Contains("take it out of all silos before it is removed", problem.Detail(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_ConsumerThatNoSiloHas_IsUnregistered()
    {
        Faults.AddConsumer("orders", "receipts").Partitions =
            [new(0, ConsumerState.Unregistered, null, new EventId(3), new EventId(9), 6, TimeSpan.Zero)];

        var json = await (await Server.GetAsync("/consumers/orders/receipts")).JsonAsync();

        Assert.Equal("unregistered", json.Text("state"));
        Assert.Equal("unregistered", json.GetProperty("partitions")[0].Text("state"));
    }
}
