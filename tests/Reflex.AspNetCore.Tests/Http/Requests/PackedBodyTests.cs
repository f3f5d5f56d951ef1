using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Reflex.AspNetCore.Http;
using Reflex.AspNetCore.Tests.Support;

namespace Reflex.AspNetCore.Tests.Http.Requests;

public sealed class PackedBodyTests(Cluster cluster) : HttpTest(cluster)
{
    private const string Json = "application/json";
    private const string Ndjson = "application/x-ndjson";
    private const string Line = "{\"type\":1,\"foreignId\":\"a\"}\n";

    public static TheoryData<string> Encodings => ["gzip", "GZip", "x-gzip", "br", "deflate"];

    [Theory]
    [MemberData(nameof(Encodings))]
    public async Task Post_PackedLines_AreUnpackedAndAppended(string encoding)
    {
        var stream = await Cluster.NewStreamAsync();

        var answer = await PostAsync($"/streams/{stream}/events", Ndjson, encoding, Pack(encoding, Line + Line));

        Assert.Equal(2, (await answer.JsonAsync(HttpStatusCode.Created)).GetProperty("count").GetInt32());
    }

    [Theory]
    [MemberData(nameof(Encodings))]
    public async Task Put_PackedDefinition_IsUnpacked(string encoding)
    {
        var content = Content(Json, encoding, Pack(encoding, "{\"partitions\":1}"));

        var answer = await Server.SendAsync(new HttpRequestMessage(HttpMethod.Put, $"/streams/{await Cluster.NewStreamAsync()}")
        {
            Content = content,
        });

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Post_NotPackedAtAll_IsTakenAsItIs()
    {
        var stream = await Cluster.NewStreamAsync();

        var answer = await PostAsync($"/streams/{stream}/events", Json, "identity", Encoding.UTF8.GetBytes(Line));

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    [Theory]
    [InlineData("compress")]
    [InlineData("gzip, gzip")]
    [InlineData("gzip, br")]
    [InlineData("utf-8")]
    public async Task Post_UnknownEncoding_Answers415NamingThoseThatAreTaken(string encoding)
    {
        var stream = await Cluster.NewStreamAsync();

        var problem = await (await PostAsync($"/streams/{stream}/events", Json, encoding, Encoding.UTF8.GetBytes(Line)))
            .ProblemAsync(HttpStatusCode.UnsupportedMediaType, "unsupported-encoding");

        Assert.Equal(["br", "deflate", "gzip"], problem.GetProperty("accepted").EnumerateArray().Select(name => name.GetString()));
        await AssertEmptyAsync(stream);
    }

    /// <summary>Taken for whole, what was cut off would be lost though its append is acknowledged.</summary>
    [Theory]
    [MemberData(nameof(Encodings))]
    public async Task Post_PackedBodyThatIsCutAnywhere_AppendsNothing(string encoding)
    {
        var stream = await Cluster.NewStreamAsync();
        var packed = new MemoryStream();
        using (var packing = Packing(encoding, packed))
        {
            packing.Write(Encoding.UTF8.GetBytes(Line));
            packing.Flush();
            var flushed = packed.ToArray();
            packing.Write(Encoding.UTF8.GetBytes(Line));
            await RefusedAsync(stream, encoding, flushed);
        }

        for (var length = 1; length < packed.ToArray().Length; length++)
        {
            await RefusedAsync(stream, encoding, packed.ToArray()[..length]);
        }

        await AssertEmptyAsync(stream);
    }

    [Fact]
    public async Task Post_SecondMemberOfGzipThatIsCut_AppendsNothing()
    {
        var stream = await Cluster.NewStreamAsync();
        var member = Pack("gzip", Line);
        for (var length = 1; length < member.Length; length++)
        {
            await RefusedAsync(stream, "gzip", [.. member, .. member[..length]]);
        }

        await AssertEmptyAsync(stream);
        (await PostAsync($"/streams/{stream}/events", Ndjson, "gzip", [.. member, .. member])).EnsureSuccessStatusCode();
    }

    [Theory]
    [InlineData("gzip", 0x1F)]
    [InlineData("deflate", 0x78)]
    public async Task Put_PackedDefinitionThatIsCut_DefinesNothing(string encoding, byte first)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "/streams/never-defined")
        {
            Content = Content("application/json", encoding, [first]),
        };

        await (await Server.SendAsync(request)).ProblemAsync(HttpStatusCode.BadRequest, "malformed-body");

        await (await Server.GetAsync("/streams/never-defined")).ProblemAsync(HttpStatusCode.NotFound, "stream-not-found");
    }

    [Theory]
    [MemberData(nameof(Encodings))]
    public async Task Post_PackedBodyThatIsCutOrDamaged_AppendsNothing(string encoding)
    {
        var stream = await Cluster.NewStreamAsync();
        var packed = Pack(encoding, string.Concat(Enumerable.Range(0, 60).Select(i => $"{{\"type\":{i},\"foreignId\":\"{i * 7919}\"}}\n")));
        byte[][] bodies = [packed[..(packed.Length / 2)], [.. packed[..20], .. new byte[200]], Encoding.UTF8.GetBytes(Line)];

        foreach (var body in bodies)
        {
            await (await PostAsync($"/streams/{stream}/events", Ndjson, encoding, body))
                .ProblemAsync(HttpStatusCode.BadRequest, "malformed-body");
        }

        await AssertEmptyAsync(stream);
    }

    [Theory]
    [MemberData(nameof(Encodings))]
    public async Task Post_ThatUnpacksToMoreThanTheLimit_Answers413(string encoding)
    {
        var stream = await Cluster.NewStreamAsync();
        var packed = Pack(encoding, new string(' ', 50_000_000));
        Assert.InRange(packed.Length, 1, 100_000);

        var problem = await (await PostAsync($"/streams/{stream}/events", Ndjson, encoding, packed))
            .ProblemAsync(HttpStatusCode.RequestEntityTooLarge, "too-large");

        Assert.Equal(100_000, problem.GetProperty("limit").GetInt64());
        await AssertEmptyAsync(stream);
    }

    [Fact]
    public async Task Post_MorePackedBytesThanTheLimitThatUnpackToNothing_Answers413()
    {
        var stream = await Cluster.NewStreamAsync();
        byte[] nothing = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        var request = new HttpRequestMessage(HttpMethod.Post, $"/streams/{stream}/events")
        {
            Content = Content(Ndjson, "gzip", [.. Enumerable.Repeat(nothing, 110_000 / nothing.Length).SelectMany(bytes => bytes)]),
            Headers = { TransferEncodingChunked = true },
        };

        await (await Server.SendAsync(request)).ProblemAsync(HttpStatusCode.RequestEntityTooLarge, "too-large");
    }

    protected override void Configure(ReflexHttpOptions options) => options.MaxBodyBytes = 100_000;

    private static byte[] Pack(string encoding, string text)
    {
        var packed = new MemoryStream();
        using (var packing = Packing(encoding, packed))
        {
            packing.Write(Encoding.UTF8.GetBytes(text));
        }

        return packed.ToArray();
    }

    private static Stream Packing(string encoding, MemoryStream packed) => encoding switch
    {
        "br" => new BrotliStream(packed, CompressionLevel.Optimal, leaveOpen: true),
        "deflate" => new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true),
        _ => new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true),
    };

    private static ByteArrayContent Content(string type, string encoding, byte[] body)
    {
        var content = new ByteArrayContent(body) { Headers = { ContentType = MediaTypeHeaderValue.Parse(type) } };
        content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        return content;
    }

    private Task<HttpResponseMessage> PostAsync(string path, string type, string encoding, byte[] body) =>
        Server.SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = Content(type, encoding, body) });

    private async Task RefusedAsync(string stream, string encoding, byte[] body) =>
        await (await PostAsync($"/streams/{stream}/events", Ndjson, encoding, body))
            .ProblemAsync(HttpStatusCode.BadRequest, "malformed-body");

    private async Task AssertEmptyAsync(string stream)
    {
        var status = await Cluster.Client.GetStream(stream).GetStatusAsync(Token);
        Assert.All(status.Partitions, partition => Assert.True(partition.Head.IsNone, $"{partition}"));
    }
}
