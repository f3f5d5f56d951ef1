using System.Text;
using Reflex.Events;
using Reflex.Json;

namespace Reflex.Tests.Json;

public sealed class EventJsonReaderTests
{
    [Theory]
    [InlineData("""{}""", "it has no 'type'")]
    [InlineData("""{"type":1}""", "it has no 'foreignId'")]
    [InlineData("""{"foreignId":"a"}""", "it has no 'type'")]
    [InlineData("""{"type":1,"foreignId":"a","foreignid":"b"}""", "'foreignid' is no member of an event; the members are type, foreignId,")]
    [InlineData("""{"type":1,"type":2,"foreignId":"a"}""", "it has 'type' twice")]
    [InlineData("""{"type":1,"foreignId":"a","metadata":"x","metadata":"y"}""", "it has 'metadata' twice")]
    [InlineData("""{"type":1,"foreignId":"a","metadata":"x","metadataBase64":"eA=="}""", "it has both 'metadata' and 'metadataBase64'")]
    [InlineData("""{"type":"1","foreignId":"a"}""", "'type' is \"1\"; expected an integer")]
    [InlineData("""{"type":1.5,"foreignId":"a"}""", "'type' is 1.5; expected an integer")]
    [InlineData("""{"type":2147483648,"foreignId":"a"}""", "'type' is 2147483648; expected an integer from -2147483648 to 2147483647")]
    [InlineData("""{"type":null,"foreignId":"a"}""", "'type' is null; expected an integer")]
    [InlineData("""{"type":{"a":1},"foreignId":"a"}""", "'type' is {\"a\":1}; expected an integer")]
    [InlineData("""{"type":1,"foreignId":42}""", "'foreignId' is 42; expected text")]
    [InlineData("""{"type":1,"foreignId":null}""", "'foreignId' is null; expected text")]
    [InlineData("""{"type":1,"foreignId":"\ud800"}""", "half a surrogate pair")]
    [InlineData("""{"type":1,"foreignId":"a","metadata":"\ud800"}""", "half a surrogate pair")]
    [InlineData("""{"type":1,"foreignId":"a\udc00\ud800"}""", "half a surrogate pair")]
    [InlineData("""{"type":1,"foreignId":"a","\ud800":1}""", "half a surrogate pair")]
    [InlineData("""{"type":1,"foreignId":"a","timestamp":"2026-01-02T03:04:05\ud800"}""", "half a surrogate pair")]
    [InlineData(
        """{"type":"12345678901234567890123456789012345678😀","foreignId":"a"}""",
        "'type' is \"12345678901234567890123456789012345678…; expected")]
    [InlineData("""{"type":1,"foreignId":"a","metadataBase64":"?"}""", "'metadataBase64' is \"?\"; expected Base64")]
    [InlineData("""{"type":1,"foreignId":"a","metadataBase64":1}""", "'metadataBase64' is 1; expected Base64")]
    [InlineData("""{"type":1,"foreignId":"a","timestamp":"2026-01-02"}""", "'timestamp' is \"2026-01-02\"; expected RFC 3339")]
    [InlineData("""{"type":1,"foreignId":"a","timestamp":"2026-01-02T03:04:05"}""", "expected RFC 3339 with a time zone")]
    [InlineData("""{"type":1,"foreignId":"a","timestamp":"2026-01-02T03:04:05.123456"}""", "expected RFC 3339 with a time zone")]
    [InlineData("""{"type":1,"foreignId":"a","timestamp":"2026-02-30T03:04:05Z"}""", "expected RFC 3339")]
    [InlineData("""{"type":1,"foreignId":"a","timestamp":1767323045}""", "'timestamp' is 1767323045; expected RFC 3339")]
    [InlineData("""{"type":1,"foreignId":"a"} x""", "it isn't JSON, see byte 28")]
    [InlineData("""{"type":1,"foreignId":"a",}""", "it isn't JSON")]
    [InlineData("""{"type":1 /* no */,"foreignId":"a"}""", "it isn't JSON")]
    [InlineData("\"text\"", "it isn't a JSON object")]
    public void Read_NoEvent_SaysWhy(string json, string expected)
    {
        var error = Assert.Throws<FormatException>(() => new EventJsonReader().Read(Encoding.UTF8.GetBytes(json)));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_BytesThatAreNotUtf8_SaysSo()
    {
        byte[] json = [.. "{\"type\":1,\"foreignId\":\"\",\"metadata\":{\"a\":\""u8, 0xff, .. "\"}}"u8];

        var error = Assert.Throws<FormatException>(() => new EventJsonReader().Read(json));

        Assert.Equal("it isn't UTF-8", error.Message);
    }

    [Fact]
    public void Read_ForeignIdOverItsLimit_NamesSizeAndLimit()
    {
        var error = Assert.Throws<FormatException>(() => Read("é", NewEvent.MaxForeignIdBytes / 2 + 1));

        Assert.Equal("'foreignId' has 1026 bytes of UTF-8; the limit is 1024", error.Message);
        Assert.Equal(512, Read("é", NewEvent.MaxForeignIdBytes / 2).ForeignId.Length);

        static NewEvent Read(string character, int count) => new EventJsonReader().Read(
            Encoding.UTF8.GetBytes($"{{\"type\":1,\"foreignId\":\"{string.Concat(Enumerable.Repeat(character, count))}\"}}"));
    }

    [Theory]
    [InlineData("2026-01-02T03:04:05Z", "2026-01-02T03:04:05.0000000Z")]
    [InlineData("2026-01-02T03:04:05+05:30", "2026-01-01T21:34:05.0000000Z")]
    [InlineData("2026-01-02T03:04:05.1234567Z", "2026-01-02T03:04:05.1234567Z")]
    [InlineData("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.0000000Z")]
    [InlineData("9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.9999999Z")]
    public void Read_Timestamp_IsThatMoment(string text, string expected)
    {
        var e = new EventJsonReader().Read(Encoding.UTF8.GetBytes($"{{\"timestamp\":\"{text}\",\"foreignId\":\"\",\"type\":-5}}"));

        Assert.Equal(expected, e.Timestamp!.Value.UtcDateTime.ToString("O"));
        Assert.Equal(-5, e.Type.Value);
    }

    [Fact]
    public void Read_ManyEvents_KeepsTheMetadataOfEach()
    {
        var reader = new EventJsonReader();
        var events = Enumerable.Range(0, 5000).Select(i => reader.Read(
            Encoding.UTF8.GetBytes($"{{\"type\":{i},\"foreignId\":\"\",\"metadata\":\"{i}-{new string('m', i % 100)}\"}}"))).ToArray();

        Assert.All(events, e => Assert.Equal(
            $"{e.Type}-{new string('m', e.Type.Value % 100)}", Encoding.UTF8.GetString(e.Metadata.Span)));
    }
}
