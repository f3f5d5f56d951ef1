using Reflex.Orleans.Consumers;

namespace Reflex.Orleans.State;

/// <summary>How a <see cref="ConsumerRecord"/> is stored.</summary>
internal sealed record CursorForm : StoredForm
{
    public long? Cursor { get; init; }

    public bool IsStopped { get; init; }

    public Guid? Session { get; init; }

    public override bool IsEmpty() => Cursor is null && !IsStopped && Session is null;

    public static CursorForm From(ConsumerRecord record) =>
        Sign(new CursorForm { Cursor = record.Cursor, IsStopped = record.IsStopped, Session = record.Session });

    /// <summary>The same with another cursor, in the newest form.</summary>
    public CursorForm At(long cursor) => Sign(this with { Cursor = cursor });

    public ConsumerRecord ToRecord() => new() { Cursor = Cursor, IsStopped = IsStopped, Session = Session };
}
