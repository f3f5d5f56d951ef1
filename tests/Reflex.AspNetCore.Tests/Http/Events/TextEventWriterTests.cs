using System.Text;
using Reflex.AspNetCore.Http.Events;
using Reflex.AspNetCore.Http.Problems;
using Reflex.Cursors;
using Reflex.Events;

namespace Reflex.AspNetCore.Tests.Http.Events;

public sealed class TextEventWriterTests
{
    [Fact]
    public void Add_WritingFailsHalfWay_LeavesTheWholeEventsOnly()
    {
        using var writer = new FailingWriter();
        writer.Add(Event.Create(new EventId(1), new NewEvent(1, "a")));
        Assert.Throws<NotSupportedException>(() => writer.Add(Event.Create(new EventId(2), new NewEvent(1, "b"))));
        Assert.Equal("event 1;", Encoding.UTF8.GetString(writer.Buffer.Written.Span));
    }

    /// <summary>Fails after it has written something of the second event.</summary>
    private sealed class FailingWriter : TextEventWriter
    {
        public override string ContentType => "text/plain";

        public override bool AbortsOnFailure => false;

        public override bool HasKeepAlive => false;

        public override void WritePlace(Cursor cursor)
        {
        }

        public override void WriteKeepAlive()
        {
        }

        public override void WriteEnd(Problem problem, bool isStop)
        {
        }

        protected override void Write(Event e)
        {
            Buffer.Write("event "u8);
            if (e.Id.Value > 1)
            {
                throw new NotSupportedException();
            }

            Buffer.Write("1;"u8);
        }
    }
}
