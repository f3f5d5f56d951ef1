using System.Net;
using System.Text;
using System.Text.Json;
using CsCheck;
using Reflex.AspNetCore.Reading;
using Reflex.AspNetCore.Tests.Support;
using Reflex.Events;
using Reflex.Json;
using Reflex.Streams;

namespace Reflex.AspNetCore.Tests.Http.Events;

public sealed class MetadataTests(Cluster cluster) : HttpTest(cluster)
{
    private static readonly string[] Parts = ["{", "}", "[", "]", ",", ":", "\"", "\\", " ", "\n", "1", "a", "\"a\":1", "null", "é"];

    [Theory]
    [InlineData("\"metadata\":\"text\"", "text", "\"metadata\":\"text\"")]
    [InlineData("\"metadata\":\"\"", "", "\"metadata\":\"\"")]
    [InlineData("\"metadata\":null", "", "\"metadata\":\"\"")]
    [InlineData("\"metadata\":\"a\\u0000\\u00e9\\n\\\"\"", "a\0é\n\"", "\"metadata\":\"a\\u0000é\\n\\\"\"")]
    [InlineData("\"metadata\": { \"a\" : [ 1.0, \"x y\\\"\" ] }", "{\"a\":[1.0,\"x y\\\"\"]}", "\"metadata\":{\"a\":[1.0,\"x y\\\"\"]}")]
    [InlineData("\"metadata\":[]", "[]", "\"metadata\":[]")]
    [InlineData("\"metadata\":42", "42", "\"metadata\":\"42\"")]
    [InlineData("\"metadata\":true", "true", "\"metadata\":\"true\"")]
    [InlineData("\"metadata\":\"{\\\"a\\\":1}\"", "{\"a\":1}", "\"metadata\":{\"a\":1}")]
    [InlineData("\"metadata\":\"{ \\\"a\\\":1}\"", "{ \"a\":1}", "\"metadata\":\"{ \\\"a\\\":1}\"")]
    [InlineData("\"metadata\":\"{a}\"", "{a}", "\"metadata\":\"{a}\"")]
    [InlineData("\"metadata\":\"{}{}\"", "{}{}", "\"metadata\":\"{}{}\"")]
    [InlineData("\"metadataBase64\":\"aGk=\"", "hi", "\"metadata\":\"hi\"")]
    [InlineData("\"metadataBase64\":null", "", "\"metadata\":\"\"")]
    public async Task Post_Metadata_IsStoredAndReadBackAs(string posted, string stored, string read)
    {
        var stream = await Cluster.NewStreamAsync();

        var answer = await Server.PostAsync($"/streams/{stream}/events", $"{{\"type\":1,\"foreignId\":\"\",{posted}}}");
        await answer.JsonAsync(HttpStatusCode.Created);

        var (metadata, line) = await ReadAsync(stream);
        Assert.Equal(stored, Encoding.UTF8.GetString(metadata.Span));
        Assert.EndsWith($",{read}}}\n", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_BytesThatAreNoText_ComeBackAsBase64()
    {
        var stream = await Cluster.NewStreamAsync();

        await Server.PostAsync($"/streams/{stream}/events", """{"type":1,"foreignId":"","metadataBase64":"/wD+"}""");

        var (metadata, line) = await ReadAsync(stream);
        Assert.Equal([0xff, 0x00, 0xfe], metadata.ToArray());
        Assert.EndsWith(",\"metadataBase64\":\"/wD+\"}\n", line, StringComparison.Ordinal);
    }

    [Fact]
    public void WrittenAndRead_AnyBytes_AreTheSameBytes() =>
        Gen.OneOf(Gen.Byte.Array[0, 40], GenJsonLike()).Sample(bytes =>
        {
            using var buffer = new ResponseBuffer();
            using var json = new EventJsonWriter(buffer);
            json.Write(Event.Create(new EventId(7), new NewEvent(1, "é\"") { Metadata = bytes }), "7"u8);
            var written = JsonElement.Parse(buffer.Written.Span);
            var member = written.TryGetProperty("metadata", out var metadata)
                ? $"\"metadata\":{metadata.GetRawText()}"
                : $"\"metadataBase64\":{written.GetProperty("metadataBase64").GetRawText()}";

            var read = new EventJsonReader().Read(Encoding.UTF8.GetBytes($"{{\"type\":1,\"foreignId\":\"\",{member}}}"));

            Assert.Equal(bytes, read.Metadata.ToArray());
            Assert.DoesNotContain((byte)'\n', buffer.Written.ToArray());
            Assert.Equal("é\"", written.Text("foreignId"));
        });

    /// <summary>Texts of JSON's own characters, many of which are JSON or nearly so.</summary>
    private static Gen<byte[]> GenJsonLike() =>
        Gen.OneOf([.. Parts.Select(Gen.Const)]).Array[0, 8]
            .Select(parts => Encoding.UTF8.GetBytes("{[\""[..(parts.Length % 3)] + string.Concat(parts)));

    private async Task<(ReadOnlyMemory<byte> Metadata, string Line)> ReadAsync(string stream)
    {
        using var response = await Server.OpenAsync($"/streams/{stream}/events?toHead=true", "application/x-ndjson");
        await using var events = Cluster.Client.GetStream(stream).StreamAsync("", Token).GetAsyncEnumerator(Token);
        await events.MoveNextAsync();
        return (events.Current.Metadata, await response.Content.ReadAsStringAsync(Token));
    }
}
