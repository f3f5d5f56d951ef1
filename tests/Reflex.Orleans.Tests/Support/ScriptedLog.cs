using Reflex.Events;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Orleans.Tests.Support;

/// <summary>A log that fails and waits as a test says.</summary>
internal sealed class ScriptedLog(IEventLog inner) : IEventLog
{
    private LogBounds? _shown;
    private int _reading;

    public long Epoch => inner.Epoch;

    public LogBounds Bounds => _shown ?? inner.Bounds;

    public LogFailedException? Failure { get; set; }

    /// <summary>Whether an append that is held after its store shows, as it does for a moment before its answer arrives.</summary>
    public bool ShowsHeldAppends { get; set; }

    /// <summary>Holds the next append before anything is stored.</summary>
    public Gate? BeforeStore { get; set; }

    /// <summary>Holds the next append when it is stored and not yet answered.</summary>
    public Gate? AfterStore { get; set; }

    /// <summary>Holds every read before it looks.</summary>
    public Gate? BeforeRead { get; set; }

    /// <summary>Holds the next piece of a trim.</summary>
    public Gate? BeforeTrim { get; set; }

    /// <summary>Fails the next append before anything is stored.</summary>
    public Exception? FaultBeforeStore { get; set; }

    /// <summary>Fails the next append when it is stored.</summary>
    public Exception? FaultAfterStore { get; set; }

    public Exception? ReadFault { get; set; }

    /// <summary>From which read on each one fails; null for none.</summary>
    public int? FailsFromRead { get; set; }

    public Exception? TrimFault { get; set; }

    /// <summary>Holds the next confirmation before it looks.</summary>
    public Gate? BeforeConfirm { get; set; }

    /// <summary>Holds the next confirmation when it has looked.</summary>
    public Gate? AfterConfirm { get; set; }

    public Exception? ConfirmFault { get; set; }

    public int Confirmations { get; private set; }

    /// <summary>How many batches each append had.</summary>
    public List<int> Appends { get; } = [];

    public int Reads { get; private set; }

    public bool IsDisposed { get; private set; }

    public async ValueTask AppendAsync(IReadOnlyList<EventBatch> batches)
    {
        Appends.Add(batches.Count);
        if (BeforeStore is { } before)
        {
            BeforeStore = null;
            await before.PassAsync();
        }

        if (FaultBeforeStore is { } fault)
        {
            throw fault;
        }

        _shown = ShowsHeldAppends || (AfterStore is null && FaultAfterStore is null) ? null : inner.Bounds;
        await inner.AppendAsync(batches);
        if (AfterStore is { } after)
        {
            AfterStore = null;
            await after.PassAsync();
        }

        if (FaultAfterStore is { } late)
        {
            throw late;
        }

        _shown = null;
    }

    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(EventId after, int maxBytes, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        _reading++;
        Reads++;
        if (BeforeRead is { } gate)
        {
            await gate.PassAsync();
        }

        _reading--;
        if (Reads >= FailsFromRead)
        {
            throw new LogCorruptedException("damaged");
        }

        return ReadFault is { } fault ? throw fault : await inner.ReadAsync(after, maxBytes, cancellationToken);
    }

    public async ValueTask ConfirmAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        Confirmations++;
        _reading++;
        if (BeforeConfirm is { } gate)
        {
            BeforeConfirm = null;
            await gate.PassAsync();
        }

        _reading--;
        await (ConfirmFault is { } fault ? throw fault : inner.ConfirmAsync(cancellationToken));
        if (AfterConfirm is { } after)
        {
            AfterConfirm = null;
            await after.PassAsync();
        }
    }

    public ValueTask ImportAsync(IReadOnlyList<EventBatch> batches) => inner.ImportAsync(batches);

    public async ValueTask<bool> TrimAsync(Retention retention, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (BeforeTrim is { } gate)
        {
            BeforeTrim = null;
            await gate.PassAsync();
        }

        if (TrimFault is { } fault)
        {
            throw fault;
        }

        return await inner.TrimAsync(retention, now, cancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        Assert.Equal(0, _reading);
        IsDisposed = true;
        return inner.DisposeAsync();
    }
}
