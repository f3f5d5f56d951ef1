using System.Net;
using Reflex.AspNetCore.Tests.Support;
using Reflex.Events;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.AspNetCore.Tests.Http.Events;

/// <summary>What is refused with a status before the first event.</summary>
public sealed class StreamRefusalTests(Cluster cluster) : HttpTest(cluster)
{
    [Theory]
    [InlineData("after=x", "after", "x", "an event id such as 12")]
    [InlineData("after=-1", "after", "-1", "an event id such as 12")]
    [InlineData("after=01", "after", "01", "an event id such as 12")]
    [InlineData("after=1.x", "after", "1.x", "one for each partition such as 12.40.7")]
    [InlineData("after=9223372036854775808", "after", "9223372036854775808", "9223372036854775807 at most")]
    [InlineData("after=1&after=2", "after", "1,2", "an event id")]
    [InlineData("partition=-1", "partition", "-1", "a number from 0 to 1023")]
    [InlineData("partition=1024", "partition", "1024", "a number from 0 to 1023")]
    [InlineData("partition=", "partition", "", "a number from 0 to 1023")]
    [InlineData("fromHead=1", "fromHead", "1", "true or false")]
    [InlineData("toHead=True", "toHead", "True", "true or false")]
    [InlineData("toHead", "toHead", "", "true or false")]
    [InlineData("lag=5", "lag", "5", "a time such as 00:00:05")]
    [InlineData("lag=-00:00:05", "lag", "-00:00:05", "a time such as 00:00:05")]
    [InlineData("lag=5s", "lag", "5s", "a time such as 00:00:05")]
    public async Task Get_BadQueryValue_Answers400NamingItAndTheExpectedForm(string query, string parameter, string value, string expected)
    {
        var stream = await Cluster.NewStreamAsync();

        using var response = await Server.OpenAsync($"/streams/{stream}/events?{query}");

        var problem = await response.ProblemAsync(HttpStatusCode.BadRequest, "bad-request");
        Assert.Equal(parameter, problem.Text("parameter"));
        Assert.Equal(value, problem.Text("value"));
        Assert.Contains($"The query parameter '{parameter}' is '{value}'; expected ", problem.Detail(), StringComparison.Ordinal);
        Assert.Contains(expected, problem.Detail(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tohead=true", "tohead")]
    [InlineData("after=1&limit=5", "limit")]
    public async Task Get_UnknownQueryParameter_Answers400NamingItAndTheKnown(string query, string parameter)
    {
        var stream = await Cluster.NewStreamAsync();

        using var response = await Server.OpenAsync($"/streams/{stream}/events?{query}");

        var problem = await response.ProblemAsync(HttpStatusCode.BadRequest, "bad-request");
        Assert.Equal(parameter, problem.Text("parameter"));
        Assert.Contains("it takes after, partition, fromHead, toHead, lag", problem.Detail(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_BadLastEventId_Answers400NamingTheHeader()
    {
        var stream = await Cluster.NewStreamAsync();

        using var response = await Server.OpenAsync($"/streams/{stream}/events", lastEventId: "seven");

        var problem = await response.ProblemAsync(HttpStatusCode.BadRequest, "bad-request");
        Assert.Equal("Last-Event-ID", problem.Text("header"));
        Assert.Equal("seven", problem.Text("value"));
    }

    [Theory]
    [InlineData("after=1")]
    [InlineData("after=1.1.1")]
    [InlineData("partition=0&after=1.1")]
    public async Task Get_CursorOfOtherPartitions_Answers400NamingBothCounts(string query)
    {
        var stream = await Cluster.NewStreamAsync(partitions: 2);
        await Cluster.AppendAsync(stream, 20);

        using var response = await Server.OpenAsync($"/streams/{stream}/events?{query}");

        var problem = await response.ProblemAsync(HttpStatusCode.BadRequest, "bad-request");
        Assert.Contains("place(s)", problem.Detail(), StringComparison.Ordinal);
        Assert.Contains("partition(s)", problem.Detail(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_MissingPartition_Answers404NamingHowManyThereAre()
    {
        var stream = await Cluster.NewStreamAsync(partitions: 2);

        using var response = await Server.OpenAsync($"/streams/{stream}/events?partition=2");

        var problem = await response.ProblemAsync(HttpStatusCode.NotFound, "partition-not-found");
        Assert.Equal(2, problem.GetProperty("partition").GetInt32());
        Assert.Equal(2, problem.GetProperty("partitions").GetInt32());
        Assert.Equal(stream, problem.Text("stream"));
    }

    [Theory]
    [InlineData("after=4", "4")]
    [InlineData("after=4&toHead=true", "4")]
    [InlineData("after=4&partition=0", "4")]
    [InlineData("after=9223372036854775807", "9223372036854775807")]
    [InlineData("after=9223372036854775807&toHead=true&partition=0", "9223372036854775807")]
    public async Task Get_CursorAheadOfTheHead_Answers409NamingBoth(string query, string cursor)
    {
        var stream = await Cluster.NewStreamAsync();
        await Cluster.AppendAsync(stream, 3);

        using var response = await Server.OpenAsync($"/streams/{stream}/events?{query}");

        var problem = await response.ProblemAsync(HttpStatusCode.Conflict, "cursor-ahead");
        Assert.Equal(cursor, problem.Text("cursor"));
        Assert.Equal("3", problem.Text("head"));
        Assert.Equal(stream, problem.Text("stream"));
        Assert.Equal(0, problem.GetProperty("partition").GetInt32());
        Assert.Contains("head 3", problem.Detail(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_CursorOlderThanRetention_Answers410NamingTheOldest()
    {
        var stream = await Cluster.NewStreamAsync();
        Faults.Stream(stream).ChangeStatus = status => status with
        {
            Partitions = [new PartitionStatus(0, new EventId(10), new EventId(20), 1000)],
        };

        using var expired = await Server.OpenAsync($"/streams/{stream}/events?after=8");
        using var justRetained = await Server.OpenAsync($"/streams/{stream}/events?after=9&lag=1.00:00:00");

        var problem = await expired.ProblemAsync(HttpStatusCode.Gone, "cursor-expired");
        Assert.Equal("8", problem.Text("cursor"));
        Assert.Equal("10", problem.Text("oldest"));
        Assert.Contains("the oldest retained event is 10", problem.Detail(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, justRetained.StatusCode);
    }

    [Fact]
    public async Task Get_FirstPageFails_AnswersAStatus()
    {
        var stream = await Cluster.NewStreamAsync();
        await Cluster.AppendAsync(stream, 1);
        Faults.Stream(stream).FailFirstRead = new LogCorruptedException("Event 1 is damaged.");

        using var endless = await Server.OpenAsync($"/streams/{stream}/events");
        using var toHead = await Server.OpenAsync($"/streams/{stream}/events?toHead=true");

        await endless.ProblemAsync(HttpStatusCode.InternalServerError, "log-corrupted");
        await toHead.ProblemAsync(HttpStatusCode.InternalServerError, "log-corrupted");
    }
}
