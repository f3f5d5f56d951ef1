using System.Net;
using Reflex.AspNetCore.Tests.Support;
using Reflex.Consumers;
using Reflex.Events;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.AspNetCore.Tests.Http.Problems;

public sealed class ProblemsTests(Cluster cluster) : HttpTest(cluster)
{
    private const string OneEvent = """{"type":1,"foreignId":"1"}""";

    public static TheoryData<string, int, string> Failures => new()
    {
        { nameof(LogFullException), 507, "log-full" },
        { nameof(LogBusyException), 503, "log-busy" },
        { nameof(LogUnavailableException), 503, "log-unavailable" },
        { nameof(LogFailedException), 503, "log-failed" },
        { nameof(LogFencedException), 503, "log-failed" },
        { nameof(LogCorruptedException), 500, "log-corrupted" },
        { nameof(EventTooLargeException), 413, "too-large" },
        { nameof(StreamStoppedException), 503, "stream-stopped" },
        { nameof(TimeoutException), 504, "timeout" },
        { nameof(StorageRefusedException), 500, "failed" },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Append_Failure_AnswersItsStatusAndMessage(string failure, int status, string code)
    {
        var stream = await Cluster.NewStreamAsync();
        var error = Create(failure, new PartitionId(stream, 3));
        Faults.Stream(stream).FailAppends = error;

        var answer = await Server.PostAsync($"/streams/{stream}/events", OneEvent);

        var problem = await answer.ProblemAsync((HttpStatusCode)status, code);
        if (error is ReflexException known)
        {
            Assert.StartsWith(known.ClientMessage, problem.Detail(), StringComparison.Ordinal);
            Assert.DoesNotContain("/data", problem.GetRawText(), StringComparison.Ordinal);
        }

        Assert.Equal(status is 503 or 504, answer.Headers.RetryAfter is not null);
        if (error is LogFailedException or LogBusyException)
        {
            Assert.Equal(stream, problem.Text("stream"));
            Assert.Equal(3, problem.GetProperty("partition").GetInt32());
        }
    }

    [Fact]
    public async Task Append_FailureWithAPath_IsAnsweredWithoutItAndLoggedUnderTheSameId()
    {
        var stream = await Cluster.NewStreamAsync();
        Faults.Stream(stream).FailAppends = Create(nameof(LogFullException), new PartitionId(stream, 3));

        var answer = await Server.PostAsync($"/streams/{stream}/events", OneEvent);

        var problem = await answer.ProblemAsync(HttpStatusCode.InsufficientStorage, "log-full");
        var id = problem.Text("traceId")!;
        Assert.Equal(32, id.Length);
        Assert.EndsWith($"The server's log tells more under the trace id {id}.", problem.Detail(), StringComparison.Ordinal);
        Assert.Contains(
            Server.Logs.GetSnapshot(),
            log => log.Message.Contains(id, StringComparison.Ordinal) && log.Message.Contains("/data", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Append_LogBusy_NamesTheLimit()
    {
        var stream = await Cluster.NewStreamAsync();
        Faults.Stream(stream).FailAppends = Create(nameof(LogBusyException), new PartitionId(stream, 0));

        var problem = await (await Server.PostAsync($"/streams/{stream}/events", OneEvent))
            .ProblemAsync(HttpStatusCode.ServiceUnavailable, "log-busy");

        Assert.Equal(1000, problem.GetProperty("limit").GetInt64());
    }

    [Fact]
    public async Task Put_AStreamMoreThanThereMayBe_Answers409WithoutATimeToTryAgain()
    {
        Faults.FailDefinitions = new StreamLimitException("more", 10_000, "ReflexOptions.MaxStreams");

        var answer = await Server.PutAsync("/streams/more", "{}");

        var problem = await answer.ProblemAsync(HttpStatusCode.Conflict, "stream-limit");
        Assert.Equal(("more", 10_000), (problem.Text("stream"), problem.GetProperty("limit").GetInt32()));
        Assert.Equal(Faults.FailDefinitions.Message, problem.Detail());
        Assert.Null(answer.Headers.RetryAfter);
    }

    [Fact]
    public async Task AnyCall_OverTheLimitOfConsumersOutside_Answers409WithoutATimeToTryAgain()
    {
        var id = new ConsumerId(Cluster.Watched, "more");
        Faults.AddConsumer(id.Stream.Value, id.Name.Value).FailControls = new ConsumerLimitException(id, 1000, "The option");

        var answer = await Server.PutAsync($"/consumers/{id}/cursor", """{"cursor":""}""");

        var problem = await answer.ProblemAsync(HttpStatusCode.Conflict, "consumer-limit");
        Assert.Equal(
            (Cluster.Watched, "more", 1000),
            (problem.Text("stream"), problem.Text("consumer"), problem.GetProperty("limit").GetInt32()));
        Assert.Null(answer.Headers.RetryAfter);
    }

    [Fact]
    public async Task AnyCall_UnexpectedFailure_Answers500WithoutTheReasonAndLogsIt()
    {
        var stream = await Cluster.NewStreamAsync();
        Faults.Stream(stream).FailAppends = new NotSupportedException("secret");

        var answer = await Server.PostAsync($"/streams/{stream}/events", OneEvent);

        var problem = await answer.ProblemAsync(HttpStatusCode.InternalServerError, "internal-error");
        Assert.DoesNotContain("secret", problem.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(32, problem.Text("traceId")!.Length);
        var logged = Assert.Single(Server.Errors());
        Assert.Contains(
            $"POST /streams/{stream}/events, trace id {problem.Text("traceId")}, failed unexpectedly. secret",
            logged,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/stream")]
    [InlineData("/streams/orders/event")]
    [InlineData("/consumers/orders")]
    public async Task Get_UnknownPath_Answers404WithWhatThereIs(string path)
    {
        var problem = await (await Server.GetAsync(path)).ProblemAsync(HttpStatusCode.NotFound, "not-found");

        Assert.Contains($"There is nothing at {path}", problem.Detail(), StringComparison.Ordinal);
        Assert.Contains("/streams/STREAM/events", problem.Detail(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PATCH", "/streams/orders", "DELETE, GET, HEAD, PUT")]
    [InlineData("PUT", "/streams/orders/events", "GET, HEAD, POST")]
    [InlineData("GET", "/consumers/orders/receipts/start", "POST")]
    public async Task AnyCall_OtherMethod_Answers405WithTheRightOnes(string method, string path, string allowed)
    {
        var answer = await Server.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        var problem = await answer.ProblemAsync(HttpStatusCode.MethodNotAllowed, "method-not-allowed");
        Assert.Equal(allowed.Split(", ").Order(), answer.Content.Headers.Allow.Order());
        Assert.Contains($"{path} doesn't take {method}", problem.Detail(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/streams?x=1")]
    [InlineData("/streams/orders?x=1")]
    [InlineData("/consumers?x=1")]
    [InlineData("/consumers/orders/receipts?x=1")]
    public async Task Get_UnknownQueryParameter_Answers400(string path)
    {
        var problem = await (await Server.GetAsync(path)).ProblemAsync(HttpStatusCode.BadRequest, "bad-request");

        Assert.Equal("x", problem.Text("parameter"));
    }

    [Fact]
    public async Task Append_ClientLeaves_IsNoError()
    {
        var stream = await Cluster.NewStreamAsync();
        var appending = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Faults.Stream(stream).BeforeAppend = async cancellationToken =>
        {
            appending.SetResult();
            cancellationToken.UnsafeRegister(_ => ended.SetResult(), null);
            await ended.Task;
            cancellationToken.ThrowIfCancellationRequested();
        };
        using var leaving = new CancellationTokenSource();
        var answer = Server.Client.PostAsync($"/streams/{stream}/events", HttpServer.Json(OneEvent), leaving.Token);

        await appending.Task;
        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        await ended.Task;
        await Server.StopAsync();
        Assert.Empty(Server.Errors());
    }

    private static Exception Create(string name, PartitionId partition) => name switch
    {
        nameof(LogFullException) => new LogFullException(partition, "/data"),
        nameof(LogBusyException) => new LogBusyException(partition, 1000),
        nameof(LogUnavailableException) => new LogUnavailableException(partition, "its storage is away.", "/data"),
        nameof(LogFailedException) => new LogFailedException(partition, "the disk is gone."),
        nameof(LogFencedException) => new LogFencedException(partition, 1, 2),
        nameof(LogCorruptedException) => new LogCorruptedException("Events 3 to 5 in /data are damaged."),
        nameof(EventTooLargeException) => new EventTooLargeException("The event", 20, 10, "keep it small"),
        nameof(StreamStoppedException) => new StreamStoppedException(partition.Stream),
        nameof(TimeoutException) => new TimeoutException("internal words"),
        nameof(StorageRefusedException) => new StorageRefusedException("The folder /data is held."),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "No such failure."),
    };
}
