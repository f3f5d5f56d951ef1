using Reflex.AspNetCore.Http.Problems;
using Reflex.AspNetCore.Http.Requests;
using Reflex.AspNetCore.Reading;
using Reflex.Cursors;
using Reflex.Events;

namespace Reflex.AspNetCore.Http.Events;

/// <summary>Events for scripts: one JSON object a line.</summary>
internal sealed class EventLines : TextEventWriter
{
    public override string ContentType => MediaTypes.Ndjson;

    public override bool AbortsOnFailure => true;

    // A blank line would do, but not every reader of lines passes over it.
    public override bool HasKeepAlive => false;

    public override void WritePlace(Cursor cursor)
    {
    }

    public override void WriteKeepAlive()
    {
    }

    public override void WriteEnd(Problem problem, bool isStop)
    {
        Buffer.Write("{\"error\":"u8);
        WriteProblem(problem);
        Buffer.Write("}\n"u8);
    }

    protected override void Write(Event e)
    {
        CursorText.Format(e.Cursor);
        Json.Write(e, CursorText.Bytes);
        Buffer.Write("\n"u8);
    }
}
