using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Reflex.AspNetCore.Tests.Support;

namespace Reflex.AspNetCore.Tests.Requests;

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
        using (Stream packing = encoding switch
        {
            "br" => new BrotliStream(packed, CompressionLevel.Optimal, leaveOpen: true),
            "deflate" => new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true),
            _ => new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true),
        })
        {
            packing.Write(Encoding.UTF8.GetBytes(text));
        }

        return packed.ToArray();
    }

    private static ByteArrayContent Content(string type, string encoding, byte[] body)
    {
        var content = new ByteArrayContent(body) { Headers = { ContentType = MediaTypeHeaderValue.Parse(type) } };
        content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        return content;
    }

    private Task<HttpResponseMessage> PostAsync(string path, string type, string encoding, byte[] body) =>
        Server.SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = Content(type, encoding, body) });

    private async Task AssertEmptyAsync(string stream)
    {
        var status = await Cluster.Client.GetStream(stream).GetStatusAsync(Token);
        Assert.All(status.Partitions, partition => Assert.True(partition.Head.IsNone, $"{partition}"));
    }
}
