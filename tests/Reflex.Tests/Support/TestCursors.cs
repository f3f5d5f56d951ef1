using Reflex.Consumers;
using Reflex.Cursors;

namespace Reflex.Tests.Support;

/// <summary>A cursor store that writes down what is asked of it, and fails as a test says.</summary>
internal sealed class TestCursors(List<string> journal) : ICursorStore
{
    private readonly MemoryCursorStore _inner = new();

    public Exception? GetFault { get; set; }

    public Exception? SetFault { get; set; }

    public Exception? FlushFault { get; set; }

    public Cursor Stored { get; private set; }

    public ValueTask<Cursor> GetAsync(ConsumerName consumer, CancellationToken cancellationToken)
    {
        journal.Add("get");
        return GetFault is { } fault ? throw fault : _inner.GetAsync(consumer, cancellationToken);
    }

    public ValueTask SetAsync(ConsumerName consumer, Cursor cursor, CancellationToken cancellationToken)
    {
        Assert.False(cancellationToken.IsCancellationRequested);
        journal.Add($"set {cursor}");
        if (SetFault is { } fault)
        {
            throw fault;
        }

        Stored = cursor;
        return _inner.SetAsync(consumer, cursor, cancellationToken);
    }

    public ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        Assert.False(cancellationToken.IsCancellationRequested);
        journal.Add("flush");
        return FlushFault is { } fault ? throw fault : ValueTask.CompletedTask;
    }
}
