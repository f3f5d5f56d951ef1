using System.Text.Json;
using Reflex.AspNetCore.Http.Problems;
using Reflex.AspNetCore.Reading;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Json;

namespace Reflex.AspNetCore.Http.Events;

/// <summary>How a stream of events is written as the body of a response. One for each response; not thread-safe.</summary>
internal abstract class TextEventWriter : EventWriter
{
    protected TextEventWriter() => Json = new EventJsonWriter(Buffer);

    public abstract string ContentType { get; }

    /// <summary>Whether nothing but a cut connection would prove that something is missing.</summary>
    public abstract bool AbortsOnFailure { get; }

    /// <summary>Whether there is something to write that means nothing.</summary>
    public abstract bool HasKeepAlive { get; }

    protected EventJsonWriter Json { get; }

    protected CursorText CursorText { get; } = new();

    public sealed override void Add(Event e)
    {
        var whole = Buffer.Count;
        try
        {
            Write(e);
        }
        catch
        {
            Buffer.CutTo(whole);
            throw;
        }
    }

    /// <summary>Tells the client where to resume without an event: where the stream begins, or how far it was read.</summary>
    public abstract void WritePlace(Cursor cursor);

    /// <summary>Writes something that means nothing.</summary>
    public abstract void WriteKeepAlive();

    /// <summary>Writes why the stream ends.</summary>
    public abstract void WriteEnd(Problem problem, bool isStop);

    public sealed override void Dispose()
    {
        Json.Dispose();
        base.Dispose();
    }

    /// <summary>Writes an event. When it fails half-way, what is there of it is cut off again.</summary>
    protected abstract void Write(Event e);

    protected void WriteProblem(Problem problem)
    {
        using var writer = new Utf8JsonWriter(Buffer);
        ProblemJson.Write(writer, problem);
    }
}
