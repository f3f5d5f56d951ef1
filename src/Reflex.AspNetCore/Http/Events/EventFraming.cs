using System.Text.Json;
using Reflex.AspNetCore.Http.Problems;
using Reflex.AspNetCore.Reading;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Json;

namespace Reflex.AspNetCore.Http.Events;

/// <summary>How a stream of events is written as the body of a response. One for each response; not thread-safe.</summary>
internal abstract class EventFraming : IDisposable
{
    protected EventFraming() => Json = new EventJsonWriter(Buffer);

    /// <summary>What was written and not yet sent.</summary>
    public ResponseBuffer Buffer { get; } = new();

    public abstract string ContentType { get; }

    /// <summary>Whether nothing but a cut connection would prove that something is missing.</summary>
    public abstract bool AbortsOnFailure { get; }

    /// <summary>Whether there is something to write that means nothing.</summary>
    public abstract bool HasKeepAlive { get; }

    protected EventJsonWriter Json { get; }

    protected CursorText CursorText { get; } = new();

    public abstract void WriteEvent(Event e);

    /// <summary>Tells the client where the stream begins, so that it resumes there even before the first event.</summary>
    public abstract void WriteStart(Cursor cursor);

    /// <summary>Writes something that means nothing.</summary>
    public abstract void WriteKeepAlive();

    /// <summary>Writes why the stream ends.</summary>
    public abstract void WriteEnd(Problem problem, bool isStop);

    public void Dispose()
    {
        Json.Dispose();
        Buffer.Dispose();
    }

    protected void WriteProblem(Problem problem)
    {
        using var writer = new Utf8JsonWriter(Buffer);
        ProblemJson.Write(writer, problem);
    }
}
