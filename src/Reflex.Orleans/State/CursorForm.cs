using Reflex.Orleans.Consumers;

namespace Reflex.Orleans.State;

/// <summary>How a <see cref="ConsumerRecord"/> is stored.</summary>
internal sealed record CursorForm : StoredForm
{
    public long? Cursor { get; init; }

    public bool IsStopped { get; init; }

    public Guid? Session { get; init; }

    public long Epoch { get; init; }

    public long Sessions { get; init; }

    public int Writer { get; init; }

    public override bool IsEmpty() => Cursor is null && !IsStopped && Session is null && Sessions == 0;

    public static CursorForm From(ConsumerRecord record) => Sign(new CursorForm
    {
        Cursor = record.Cursor,
        IsStopped = record.IsStopped,
        Session = record.Session,
        Epoch = record.Epoch,
        Sessions = record.Sessions,
        Writer = record.Writer,
    });

    /// <summary>The same with another cursor, whose life isn't known, in the newest form.</summary>
    public CursorForm At(long cursor) => Sign(this with { Cursor = cursor, Epoch = 0 });

    public ConsumerRecord ToRecord() =>
        new() { Cursor = Cursor, IsStopped = IsStopped, Session = Session, Epoch = Epoch, Sessions = Sessions, Writer = Writer };
}
