using Reflex.AspNetCore.Http.Problems;
using Reflex.AspNetCore.Http.Requests;
using Reflex.AspNetCore.Reading;
using Reflex.Cursors;
using Reflex.Events;

namespace Reflex.AspNetCore.Http.Events;

/// <summary>Events for a browser's EventSource, which resumes by itself with the last id that it saw.</summary>
internal sealed class ServerSentEvents : TextEventWriter
{
    public override string ContentType => MediaTypes.EventStream;

    public override bool AbortsOnFailure => false;

    public override bool HasKeepAlive => true;

    public override void WritePlace(Cursor cursor)
    {
        // An id without data sets the client's last id and hands nothing to its listeners.
        CursorText.Format(cursor);
        Buffer.Write("id: "u8);
        Buffer.Write(CursorText.Bytes);
        Buffer.Write("\n\n"u8);
    }

    public override void WriteKeepAlive() => Buffer.Write(": keep-alive\n\n"u8);

    public override void WriteEnd(Problem problem, bool isStop)
    {
        Buffer.Write(isStop ? "event: stopped\ndata: "u8 : "event: error\ndata: "u8);
        WriteProblem(problem);
        Buffer.Write("\n\n"u8);
    }

    protected override void Write(Event e)
    {
        CursorText.Format(e.Cursor);
        Buffer.Write("id: "u8);
        Buffer.Write(CursorText.Bytes);
        Buffer.Write("\ndata: "u8);
        Json.Write(e, CursorText.Bytes);
        Buffer.Write("\n\n"u8);
    }
}
