using Reflex.AspNetCore.Grpc.Sending;
using Reflex.AspNetCore.Http.Events;
using Reflex.AspNetCore.Reading;
using Reflex.Events;
using Reflex.Storage;
using Reflex.Testing.Conformance;

namespace Reflex.AspNetCore.Tests.Reading;

public sealed class EventWriterTests
{
    private static readonly Func<EventWriter>[] Writers =
    [
        () => new V1EventWriter(), () => new ReflexpbEventWriter(), () => new EventLines(), () => new ServerSentEvents(),
    ];

    [Fact]
    public void Add_EventsWithKeys_WritesThemAsWithoutAny()
    {
        var builder = new EventBatchBuilder(TimeProvider.System);
        builder.Add(new NewEvent(1, "a") { Metadata = "{\"b\":1}"u8.ToArray(), Trace = new byte[] { 1, 2, 3 } });
        builder.Add(new NewEvent(2, "c") { Metadata = new byte[] { 0xFF, 0 } });
        builder.Add(new NewEvent(3, "") { Timestamp = DateTimeOffset.UnixEpoch });
        var batch = builder.Build().Single();
        var keyed = KeyedAndPicked.WithKeys(batch, place => place < 2 ? $"key {place}" : null);

        Assert.All(Writers, makeWriter => Assert.Equal(Write(makeWriter(), batch), Write(makeWriter(), keyed)));
    }

    private static string Write(EventWriter writer, ReadOnlyMemory<byte> batch)
    {
        using (writer)
        {
            // As if it was sealed: its first event is 7.
            var bytes = batch.ToArray();
            bytes[24] = 7;
            var events = new LogPage([bytes], new EventId(1), new EventId(9)).Events(EventId.None, 0).ToList();
            Assert.Equal(3, events.Count);
            events.ForEach(writer.Add);
            writer.Complete();
            return Convert.ToHexString(writer.Buffer.Written.Span);
        }
    }
}
