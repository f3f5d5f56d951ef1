using System.Net;
using System.Net.Http.Headers;
using CsCheck;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Reflex.AspNetCore.Tests.Support;
using V1 = Reflex.Grpc.V1;

namespace Reflex.AspNetCore.Tests.Grpc;

public sealed class HostileTests(Cluster cluster) : GrpcTest(cluster)
{
    private static readonly string[] Statuses = ["0", "1", "3", "5", "6", "9", "11", "12"];

    public static TheoryData<string> Methods =>
        [.. V1.Streams.Descriptor.File.Services.Concat(global::Reflexpb.Reflex.Descriptor.File.Services)
            .SelectMany(service => service.Methods.Select(method => $"/{service.FullName}/{method.Name}"))];

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Call_RandomBytesAsAMessage_IsAnsweredWithATypedError(string method)
    {
        using var client = new HttpClient { DefaultRequestVersion = HttpVersion.Version20 };
        client.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        client.BaseAddress = Server.Address;
        await Gen.Byte.Array[0, 200].SampleAsync(bytes => PostAsync(client, method, bytes), iter: 30, threads: 1);
    }

    [Theory]
    [InlineData("")]
    [InlineData("UPPER")]
    [InlineData("../etc")]
    [InlineData("a\0b")]
    [InlineData("💥")]
    public async Task Call_WrongName_IsInvalidArgument(string name)
    {
        await AssertInvalidAsync(async () => await Streams.GetStreamAsync(
            new V1.GetStreamRequest { Stream = name }, cancellationToken: Token));
        await AssertInvalidAsync(async () => await Streams.AppendAsync(
            new V1.AppendRequest { Stream = name, Events = { new V1.NewEvent() } },
            cancellationToken: Token));
        await AssertInvalidAsync(async () => await Streams.DefineStreamAsync(
            new V1.DefineStreamRequest { Stream = new V1.StreamDefinition { Name = name, Partitions = 1 } },
            cancellationToken: Token));
        await AssertInvalidAsync(async () => await Consumers.GetConsumerAsync(
            new V1.GetConsumerRequest { Stream = Cluster.Watched, Consumer = name }, cancellationToken: Token));
        await AssertInvalidAsync(async () => await Cursors.GetCursorAsync(
            new V1.GetCursorRequest { Stream = Cluster.Watched, Consumer = name }, cancellationToken: Token));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    public async Task DefineStream_ImpossiblePartitions_IsInvalidArgument(int partitions) => await AssertInvalidAsync(
        async () => await Streams.DefineStreamAsync(
            new V1.DefineStreamRequest { Stream = new V1.StreamDefinition { Name = "hostile", Partitions = partitions } },
            cancellationToken: Token));

    [Theory]
    [InlineData(long.MaxValue, 0)]
    [InlineData(long.MinValue, 0)]
    [InlineData(0, -1)]
    [InlineData(0, int.MaxValue)]
    [InlineData(253_402_300_800, 0)]
    public async Task Append_ImpossibleTimestamp_IsInvalidArgument(long seconds, int nanos) => await AssertInvalidAsync(
        async () => await Streams.AppendAsync(
            new V1.AppendRequest
            {
                Stream = Cluster.Watched,
                Events = { new V1.NewEvent { Timestamp = new Timestamp { Seconds = seconds, Nanos = nanos } } },
            },
            cancellationToken: Token));

    [Fact]
    public async Task Append_WhatNoEventCanHave_IsInvalidArgument()
    {
        await AssertInvalidAsync(async () => await Streams.AppendAsync(
            new V1.AppendRequest { Stream = Cluster.Watched }, cancellationToken: Token));
        await AssertInvalidAsync(async () => await Streams.AppendAsync(
            new V1.AppendRequest { Stream = Cluster.Watched, Events = { new V1.NewEvent { ForeignId = new string('ü', 513) } } },
            cancellationToken: Token));
        await AssertInvalidAsync(async () => await Streams.AppendAsync(
            new V1.AppendRequest
            {
                Stream = Cluster.Watched,
                Events = { new V1.NewEvent { Trace = ByteString.CopyFrom(new byte[1025]) } },
            },
            cancellationToken: Token));
    }

    [Theory]
    [InlineData("x", 0L, 0L)]
    [InlineData("-1", 0L, 0L)]
    [InlineData("99999999999999999999", 0L, 0L)]
    [InlineData("1.2.3", 0L, 0L)]
    [InlineData("", -1L, 0L)]
    [InlineData("", long.MaxValue, 0L)]
    [InlineData("", 0L, 1024L)]
    [InlineData("", 0L, -1L)]
    public async Task Stream_ImpossiblePlace_IsInvalidArgument(string after, long lagSeconds, long partition)
    {
        var request = new V1.StreamRequest { Stream = Cluster.Watched, After = after, Lag = new Duration { Seconds = lagSeconds } };
        if (partition != 0)
        {
            request.Partition = (int)partition;
        }

        using var call = Streams.Stream(request, cancellationToken: Token);
        var (_, error) = await GrpcErrors.ReadToEndAsync(call.ResponseStream, Token);

        GrpcErrors.AssertV1(error, StatusCode.InvalidArgument, "INVALID_ARGUMENT");
    }

    private static async Task AssertInvalidAsync(Func<Task> call) => GrpcErrors.AssertV1(
        await Assert.ThrowsAsync<RpcException>(call), StatusCode.InvalidArgument, "INVALID_ARGUMENT");

    private static async Task PostAsync(HttpClient client, string method, byte[] message)
    {
        byte[] frame = [0, 0, 0, (byte)(message.Length >> 8), (byte)message.Length, .. message];
        using var request = new HttpRequestMessage(HttpMethod.Post, method)
        {
            Content = new ByteArrayContent(frame) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") } },
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.Add("reflex-stream", Cluster.Watched);

        // Bytes that happen to be a request are one, so that a stream may begin, whose end nobody waits for.
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        if (response.Headers.TryGetValues("grpc-status", out var status))
        {
            Assert.Contains(status.Single(), Statuses);
        }
    }
}
