using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Reflex.AspNetCore.Tests.Support;
using Reflex.Cursors;
using Reflex.Events;
using V1 = Reflex.Grpc.V1;

namespace Reflex.AspNetCore.Tests.Grpc;

public sealed class StreamsTests(Cluster cluster) : GrpcTest(cluster)
{
    [Fact]
    public async Task Append_EventsOfEveryField_StreamsThemBackUnchanged()
    {
        var stream = await Cluster.NewStreamAsync();
        var trace = new Reflexpb.Trace { TraceId = new string('a', 32), SpanId = new string('b', 16) }.ToByteString();
        V1.NewEvent[] events =
        [
            new()
            {
                Type = -7, ForeignId = "ü-42", Metadata = ByteString.CopyFromUtf8("hello"), Trace = trace,
                Timestamp = new Timestamp { Seconds = -1, Nanos = 999_999_900 },
            },
            new() { Type = int.MaxValue, Timestamp = new Timestamp { Seconds = 1_700_000_000 } },
            new() { Timestamp = new Timestamp() },
        ];

        var appended = await Streams.AppendAsync(new V1.AppendRequest { Stream = stream, Events = { events } }, cancellationToken: Token);
        using var call = Streams.Stream(new V1.StreamRequest { Stream = stream, ToHead = true }, cancellationToken: Token);
        var (responses, error) = await GrpcErrors.ReadToEndAsync(call.ResponseStream, Token);

        Assert.Equal([1, 2, 3], appended.Positions.Select(position => position.Id));
        var response = Assert.Single(responses);
        Assert.Equal(("0", 0), (response.After, response.Partition));
        var expected = events.Select((e, i) => new V1.Event
        {
            Id = i + 1, Type = e.Type, ForeignId = e.ForeignId, Metadata = e.Metadata, Trace = e.Trace, Timestamp = e.Timestamp,
        });
        Assert.Equal(expected, response.Events);
        GrpcErrors.AssertV1(error, StatusCode.OutOfRange, "HEAD_REACHED");
    }

    [Fact]
    public async Task Stream_ManyEventsOfSeveralPartitions_ComeInMessagesOfOnePartitionWithTheCursorBefore()
    {
        var stream = await Cluster.NewStreamAsync(partitions: 3);
        var large = Enumerable.Range(0, 3000).Select(i => new NewEvent(1, $"entity-{i % 50}") { Metadata = new byte[100] }).ToList();
        await Cluster.Client.GetStream(stream).AppendAsync(large, Token);

        using var call = Streams.Stream(new V1.StreamRequest { Stream = stream, ToHead = true }, cancellationToken: Token);
        var (responses, _) = await GrpcErrors.ReadToEndAsync(call.ResponseStream, Token);

        Assert.Equal(3000, responses.Sum(response => response.Events.Count));
        Assert.All(responses, response => Assert.InRange(response.CalculateSize(), 1, 66 * 1024));
        foreach (var partition in responses.GroupBy(response => response.Partition))
        {
            var ids = partition.SelectMany(response => response.Events).Select(e => e.Id);
            Assert.Equal(Enumerable.Range(1, ids.Count()).Select(id => (long)id), ids);
        }

        var middle = responses[responses.Count / 2];
        Assert.Equal(new EventId(middle.Events[0].Id - 1), Cursor.Parse(middle.After).Of(middle.Partition));
        var request = new V1.StreamRequest { Stream = stream, ToHead = true, After = middle.After };
        using var resumed = Streams.Stream(request, cancellationToken: Token);
        var (rest, _) = await GrpcErrors.ReadToEndAsync(resumed.ResponseStream, Token);
        Assert.Equal(responses.Skip(responses.Count / 2).Sum(response => response.Events.Count), rest.Sum(r => r.Events.Count));
    }

    [Fact]
    public async Task Stream_FromHeadOnceHeadersAreThere_MissesNothing()
    {
        var stream = await Cluster.NewStreamAsync();
        await Cluster.AppendAsync(stream, 3);
        using var call = Streams.Stream(new V1.StreamRequest { Stream = stream, FromHead = true }, cancellationToken: Token);
        await call.ResponseHeadersAsync;

        await Cluster.AppendAsync(stream, 1);

        Assert.True(await call.ResponseStream.MoveNext(Token));
        Assert.Equal(4, Assert.Single(call.ResponseStream.Current.Events).Id);
    }

    [Fact]
    public async Task Stream_ServerStops_EndsWithStopped()
    {
        var stream = await Cluster.NewStreamAsync();
        using var call = Streams.Stream(new V1.StreamRequest { Stream = stream }, cancellationToken: Token);
        await call.ResponseHeadersAsync;

        var stopping = Server.StopAsync();
        var (_, error) = await GrpcErrors.ReadToEndAsync(call.ResponseStream, Token);
        await stopping;

        GrpcErrors.AssertV1(error, StatusCode.Unavailable, "STREAM_STOPPED");
    }

    [Fact]
    public async Task DefineStream_TwiceAndOtherwise_TellsCreatedExistingAndConflict()
    {
        var definition = new V1.StreamDefinition
        {
            Name = "defined-by-grpc", Partitions = 2,
            Retention = new V1.Retention { MaxAge = Duration.FromTimeSpan(TimeSpan.FromDays(7)), MaxBytes = 1 << 30 },
        };
        var request = new V1.DefineStreamRequest { Stream = definition };

        Assert.True((await Streams.DefineStreamAsync(request, cancellationToken: Token)).Created);
        Assert.False((await Streams.DefineStreamAsync(request, cancellationToken: Token)).Created);
        var listed = await Streams.ListStreamsAsync(new V1.ListStreamsRequest(), cancellationToken: Token);
        Assert.Contains(definition, listed.Streams);
        var got = await Streams.GetStreamAsync(new V1.GetStreamRequest { Stream = definition.Name }, cancellationToken: Token);
        Assert.Equal(definition, got.Stream);
        Assert.Equal([(0, 1L, 0L), (1, 1L, 0L)], got.Partitions.Select(p => (p.Partition, p.OldestId, p.HeadId)));

        definition.Partitions = 3;
        var error = await Assert.ThrowsAsync<RpcException>(async () => await Streams.DefineStreamAsync(request, cancellationToken: Token));
        var facts = GrpcErrors.AssertV1(error, StatusCode.AlreadyExists, "STREAM_CONFLICT");
        Assert.Equal(("2", "3"), (facts["storedPartitions"], facts["requestedPartitions"]));
    }

    [Fact]
    public async Task AppendMany_ManyMessages_AppendsThemInTheirOrder()
    {
        var stream = await Cluster.NewStreamAsync();
        using var call = Streams.AppendMany(cancellationToken: Token);
        for (var i = 0; i < 500; i++)
        {
            var request = new V1.AppendRequest { Stream = i == 0 ? stream : "" };
            request.Events.Add(new V1.NewEvent { Type = (i * 2) + 1, ForeignId = $"{i}" });
            request.Events.Add(new V1.NewEvent { Type = (i * 2) + 2, ForeignId = $"{i}" });
            await call.RequestStream.WriteAsync(request, Token);
        }

        await call.RequestStream.CompleteAsync();
        var response = await call;

        Assert.Equal((1000, 1000), (response.Count, Assert.Single(response.Last).Id));
        using var reading = Streams.Stream(new V1.StreamRequest { Stream = stream, ToHead = true }, cancellationToken: Token);
        var (responses, _) = await GrpcErrors.ReadToEndAsync(reading.ResponseStream, Token);
        Assert.Equal(Enumerable.Range(1, 1000), responses.SelectMany(r => r.Events).Select(e => e.Type));
    }

    [Fact]
    public async Task AppendMany_AnotherStreamInALaterMessage_IsRefused()
    {
        var stream = await Cluster.NewStreamAsync();
        using var call = Streams.AppendMany(cancellationToken: Token);
        await call.RequestStream.WriteAsync(new V1.AppendRequest { Stream = stream, Events = { new V1.NewEvent() } }, Token);
        await call.RequestStream.WriteAsync(new V1.AppendRequest { Stream = "another", Events = { new V1.NewEvent() } }, Token);

        var error = await Assert.ThrowsAsync<RpcException>(async () => await call);

        GrpcErrors.AssertV1(error, StatusCode.InvalidArgument, "INVALID_ARGUMENT");
    }

    [Fact]
    public async Task DefineStream_ThatThereIs_ChangesItsRetentionUnlessItIsToKeepIt()
    {
        var stream = await Cluster.NewStreamAsync();
        var wanted = new V1.StreamDefinition { Name = stream, Partitions = 1, Retention = new V1.Retention { MaxBytes = 100 } };

        var kept = await Streams.DefineStreamAsync(
            new V1.DefineStreamRequest { Stream = wanted, KeepsStoredRetention = true }, cancellationToken: Token);
        Assert.Null((await GetAsync()).Retention);
        var changed = await Streams.DefineStreamAsync(new V1.DefineStreamRequest { Stream = wanted }, cancellationToken: Token);

        Assert.Equal(wanted, await GetAsync());
        Assert.Equal((false, false), (kept.Created, changed.Created));

        async Task<V1.StreamDefinition> GetAsync() =>
            (await Streams.GetStreamAsync(new V1.GetStreamRequest { Stream = stream }, cancellationToken: Token)).Stream;
    }

    [Fact]
    public async Task DeleteStream_ThatThereIs_EndsItsReadersTyped()
    {
        var stream = await Cluster.NewStreamAsync();
        await Cluster.AppendAsync(stream, 3);
        using var call = Streams.Stream(new V1.StreamRequest { Stream = stream }, cancellationToken: Token);
        await call.ResponseHeadersAsync;

        var deleted = await Streams.DeleteStreamAsync(new V1.DeleteStreamRequest { Stream = stream }, cancellationToken: Token);
        var again = await Streams.DeleteStreamAsync(new V1.DeleteStreamRequest { Stream = stream }, cancellationToken: Token);

        Assert.Equal((true, false), (deleted.Deleted, again.Deleted));
        var (_, error) = await GrpcErrors.ReadToEndAsync(call.ResponseStream, Token);
        GrpcErrors.AssertV1(error, StatusCode.NotFound, "STREAM_NOT_FOUND");
    }

    [Fact]
    public async Task ListStreams_PageByPage_HasThemInOrder()
    {
        for (var i = 0; i < 3; i++)
        {
            await Cluster.Client.DefineStreamAsync(new Reflex.Streams.StreamDefinition($"listed-{i}"), Token);
        }

        var first = await Streams.ListStreamsAsync(new V1.ListStreamsRequest { After = "listed", Limit = 2 }, cancellationToken: Token);
        var second = await Streams.ListStreamsAsync(new V1.ListStreamsRequest { After = "listed-1", Limit = 1 }, cancellationToken: Token);
        var error = await Assert.ThrowsAsync<RpcException>(async () => await Streams.ListStreamsAsync(
            new V1.ListStreamsRequest { Limit = 10_001 }, cancellationToken: Token));

        Assert.Equal(["listed-0", "listed-1"], first.Streams.Select(stream => stream.Name));
        Assert.Equal(["listed-2"], second.Streams.Select(stream => stream.Name));
        GrpcErrors.AssertV1(error, StatusCode.InvalidArgument, "INVALID_ARGUMENT");
    }
}
