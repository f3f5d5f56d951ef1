using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Reflex.AspNetCore.Http;
using Reflex.AspNetCore.Tests.Support;
using Reflex.Events;
using Reflex.Streams;

namespace Reflex.AspNetCore.Tests.Http.Events;

/// <summary>Reading some events of a stream by <c>type</c> and <c>foreignId</c>.</summary>
public sealed class FilteredEventsTests(Cluster cluster) : HttpTest(cluster)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData("type=2&type=4", "2 4")]
    [InlineData("foreignId=entity-3", "3")]
    [InlineData("type=2&type=3&foreignId=entity-3&foreignId=entity-4", "3")]
    [InlineData("type=7", "")]
    public async Task Get_SomeEvents_SendsThose(string query, string ids)
    {
        var stream = await Cluster.NewStreamAsync();
        await Cluster.AppendAsync(stream, 5);

        using var response = await Server.OpenAsync($"/streams/{stream}/events?toHead=true&{query}", "application/x-ndjson");
        var text = await response.Content.ReadAsStringAsync(Token);

        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(ids, string.Join(' ', lines.Select(line => JsonElement.Parse(line).Text("id"))));
    }

    [Fact]
    public async Task Get_NoneThatIsWanted_TellsNowAndThenHowFarTheStreamWasRead()
    {
        var stream = await Cluster.NewStreamAsync();
        await Cluster.AppendAsync(stream, 3);
        using var events = await SseReader.OpenAsync(Server, $"/streams/{stream}/events?type=9");

        var place = await ReadPlaceAsync(events);

        Assert.Null(place.Data);
        Assert.StartsWith("3@", place.Id, StringComparison.Ordinal);
        using var resumed = await Server.OpenAsync(
            $"/streams/{stream}/events?toHead=true&after={place.Id}", "application/x-ndjson");
        Assert.Equal("", await resumed.Content.ReadAsStringAsync(Token));
    }

    /// <summary>Whoever resumed at a place before the event would get it again.</summary>
    [Fact]
    public async Task Get_EventAfterAPlaceThatWasNotTold_TellsThatPlaceNoMore()
    {
        var stream = await Cluster.NewStreamAsync();
        await Cluster.AppendAsync(stream, 5);
        Faults.Stream(stream).Read = PassAndHandOutAsync;
        using var events = await SseReader.OpenAsync(Server, $"/streams/{stream}/events?type=9");
        Assert.Equal("5", (await events.ReadEventAsync()).Text("id"));

        var next = await ReadAsTimePassesAsync(events);

        Assert.Equal((null, "keep-alive"), (next!.Id, next.Comment));

        static async IAsyncEnumerable<Event> PassAndHandOutAsync(StreamOptions options, [EnumeratorCancellation] CancellationToken token)
        {
            options.Passed!("3");
            yield return Event.Create(new EventId(5), new NewEvent(9, "5"));
            await new TaskCompletionSource().Task.WaitAsync(token);
        }
    }

    [Theory]
    [InlineData("type=paid", "The query parameter 'type' is 'paid'; expected a whole number")]
    [InlineData("type=", "The query parameter 'type' is ''; expected a whole number")]
    [InlineData("types=1", "There is no query parameter 'types' here")]
    [InlineData("foreignId=TOO-LONG", "The request names a foreign id of 1025 bytes: expected at most 1024.")]
    public async Task Get_WhatCannotBe_IsRefused(string query, string detail)
    {
        var stream = await Cluster.NewStreamAsync();

        query = query.Replace("TOO-LONG", new string('a', 1025), StringComparison.Ordinal);
        var answer = await Server.Client.GetAsync($"/streams/{stream}/events?{query}", Token);

        var problem = await answer.ProblemAsync(HttpStatusCode.BadRequest, "bad-request");
        Assert.StartsWith(detail, problem.Detail(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_TooManyOfThem_IsRefused()
    {
        var stream = await Cluster.NewStreamAsync();

        var answer = await Server.Client.GetAsync(
            $"/streams/{stream}/events?{string.Join('&', Enumerable.Repeat("type=1", 1001))}", Token);

        var problem = await answer.ProblemAsync(HttpStatusCode.BadRequest, "bad-request");
        Assert.Equal("The request names 1001 types: expected at most 1000.", problem.Detail());
    }

    protected override void Configure(ReflexHttpOptions options)
    {
        options.TimeProvider = _time;
        options.KeepAliveInterval = Interval;
    }

    private async Task<SseBlock> ReadPlaceAsync(SseReader events)
    {
        while (true)
        {
            if (await ReadAsTimePassesAsync(events) is { Id: not null } block)
            {
                return block;
            }
        }
    }

    private async Task<SseBlock?> ReadAsTimePassesAsync(SseReader events)
    {
        var read = events.ReadAsync();
        while (!read.IsCompleted)
        {
            _time.Advance(Interval);
            await Task.Yield();
        }

        return await read;
    }
}
