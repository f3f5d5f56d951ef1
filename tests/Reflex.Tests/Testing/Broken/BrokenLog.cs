using System.Runtime.InteropServices;
using Reflex.Events;
using Reflex.Storage;
using Reflex.Streams;
using Reflex.Testing;
using Reflex.Tests.Shared;

namespace Reflex.Tests.Testing.Broken;

/// <summary>A log in memory with a fault.</summary>
internal sealed class BrokenLog(Fault fault, MemoryEventLog inner, Func<BrokenLog> newest) : IEventLog
{
    private readonly List<(EventId First, EventId Last, EventBatch Batch)> _kept = [];
    private byte[] _reused = [];
    private EventBatch[] _early = [];
    private EventId? _shownHead;
    private EventId? _shownOldest;
    private readonly TaskCompletionSource _closing = new();
    private readonly EventId _oldestAtOpening = inner.Bounds.Oldest;
    private bool _isLatched;
    private int _confirmations;

    public long Epoch => fault == Fault.ForgetsEpochs ? 1 : inner.Epoch;

    public LogBounds Bounds
    {
        get
        {
            var bounds = (fault == Fault.ShowsAnOlderOwnerTheNewHead ? newest() : this).InnerBounds;
            var oldest = fault == Fault.ForgetsTrims && bounds.Oldest == _oldestAtOpening ? new EventId(1) : bounds.Oldest;
            return bounds with { Head = _shownHead ?? bounds.Head, Oldest = _shownOldest ?? oldest };
        }
    }

    public LogFailedException? Failure => inner.Failure;

    private LogBounds InnerBounds => inner.Bounds;

    public async ValueTask AppendAsync(IReadOnlyList<EventBatch> batches)
    {
        switch (fault)
        {
            case Fault.LatchesAfterARefusal when _isLatched:
                throw new LogFailedException(new PartitionId("any", 0), "an append before was refused.");
            case Fault.ShowsEventsEarly:
                (_early, _shownHead) = ([.. batches], batches.Count > 0 ? batches[^1].LastId : null);
                break;
            case Fault.ShowsPartsOfAnAppend when batches.Count > 1:
                _shownHead = batches[0].LastId;
                await Task.Yield();
                break;
            case Fault.LosesTheAppendThatRunsAtClose:
                await _closing.Task;
                return;
            case Fault.RefusesTheLargestBatch when batches.Any(batch => batch.Bytes.Length == EventBatch.MaxSize):
                throw new ArgumentException("Too large.");
            case Fault.ChangesAppendedBuffers:
                await inner.AppendAsync(batches);
                MemoryMarshal.AsMemory(batches[0].Bytes).Span[^1]++;
                return;
            case Fault.RemovesKeys:
                batches = [.. batches.Select(UnkeyedBatch.Of)];
                break;
        }

        try
        {
            await inner.AppendAsync(batches);
            _kept.AddRange(batches.Select(batch => (batch.BaseId, batch.LastId, batch)));
            _shownHead = null;
        }
        catch (ArgumentException) when (fault == Fault.LatchesAfterARefusal)
        {
            _isLatched = true;
            throw;
        }
        catch (ArgumentException) when (fault == Fault.AcceptsWhatDoesNotContinue)
        {
        }
        catch (ArgumentException) when (fault == Fault.AcceptsPickedBatches && batches.Any(batch => batch.IsPicked))
        {
        }
        catch (LogFencedException) when (fault == Fault.AcknowledgesWhenFenced)
        {
        }
        catch (LogFencedException error) when (fault == Fault.FailsUntypedWhenFenced)
        {
            throw new InvalidOperationException(error.Message, error);
        }
        catch (LogFencedException) when (fault == Fault.StoresForFencedOwners)
        {
            // Too late: the owner is told that it failed, and the new one finds the events.
            await newest().AppendForeignAsync();
            throw;
        }
    }

    public async ValueTask ImportAsync(IReadOnlyList<EventBatch> batches)
    {
        try
        {
            await inner.ImportAsync(fault == Fault.RemovesKeys ? [.. batches.Select(UnkeyedBatch.Of)] : batches);
        }
        catch (StorageRefusedException) when (fault == Fault.AcceptsImportsAfterAnAppend)
        {
        }
        catch (ArgumentException) when (fault == Fault.AcceptsImportsThatDontContinue)
        {
        }
        catch (ArgumentException) when (fault == Fault.AcceptsPickedBatches && batches.Any(batch => batch.IsPicked))
        {
        }
    }

    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(EventId after, int maxBytes, CancellationToken cancellationToken)
    {
        switch (fault)
        {
            case Fault.ReadsOneTooFar when after.Next < inner.Bounds.Head:
                after = after.Next;
                break;
            case Fault.ReadsAfterTheHead when after >= inner.Bounds.Head:
                return default;
            case Fault.ShowsEventsEarly when _early.FirstOrDefault(batch => batch.LastId > after) is { Bytes.IsEmpty: false } early:
                return early.Bytes;
            case Fault.IgnoresThePageSize:
                maxBytes = int.MaxValue;
                break;
            case Fault.FailsReadsThatAreCancelled when cancellationToken.IsCancellationRequested:
                throw new IOException("The read was interrupted.");
        }

        var page = await ReadInnerAsync(after, maxBytes, cancellationToken);
        switch (fault)
        {
            case Fault.KeepsAppendedBuffers
                when _kept.Find(kept => kept.First <= after.Next && kept.Last > after).Batch is { Bytes.IsEmpty: false } kept:
                return kept.Bytes;
            case Fault.ReadsNothingWhenThePageIsSmall when page.Length > maxBytes:
                return default;
            case Fault.ReusesReadBuffers:
                _reused = _reused.Length < page.Length ? new byte[page.Length] : _reused;
                page.CopyTo(_reused);
                return _reused.AsMemory(0, page.Length);
            default:
                return page;
        }
    }

    public async ValueTask ConfirmAsync(CancellationToken cancellationToken)
    {
        switch (fault)
        {
            case Fault.ConfirmsWhoeverAsks:
                return;
            case Fault.ConfirmsNobody:
                throw new LogFencedException(new PartitionId("any", 0), Epoch, Epoch + 1);
            case Fault.ConfirmsFromMemory when _confirmations++ % 3 != 0:
                return;
        }

        await inner.ConfirmAsync(cancellationToken);
    }

    public async ValueTask<bool> TrimAsync(Retention retention, DateTimeOffset now, CancellationToken cancellationToken)
    {
        switch (fault)
        {
            case Fault.NeverTrims:
                return false;
            case Fault.KeepsTheFuture or Fault.RemovesThePast when retention.MaxAge is { } stamped && Bounds.Oldest <= Bounds.Head:
                // By the stamps alone, as if no clock was ever wrong.
                EventBatch.TryReadSealed(
                    await inner.ReadAsync(new EventId(Bounds.Oldest.Value - 1), 1, cancellationToken), out var oldest);
                if (fault == Fault.KeepsTheFuture && oldest.AppendedAt > now)
                {
                    return false;
                }

                now = fault == Fault.RemovesThePast && now - oldest.AppendedAt > stamped ? DateTimeOffset.MaxValue : now;
                break;
            case Fault.TrimsTooYoung when retention.MaxAge is { } age:
                retention = retention with { MaxAge = age / 2 };
                break;
            case Fault.TrimsTooMuchForItsBytes when retention.MaxBytes < Bounds.Bytes:
                while (await inner.TrimAsync(retention with { MaxBytes = 1 }, now, cancellationToken))
                {
                }

                return true;
            case Fault.LetsFencedOwnersTrim when newest() != this:
                newest()._shownOldest = newest().Bounds.Oldest;
                return await newest().TrimInnerAsync(retention, now, cancellationToken);
        }

        var before = Bounds;
        if (fault == Fault.KeepsTheNewestWhateverItsAge && inner.Bounds is { HeadAppendedAt: var last } && now - last > retention.MaxAge)
        {
            now = last + retention.MaxAge.Value;
        }

        var removed = await inner.TrimAsync(retention, now, cancellationToken);
        _shownOldest = fault switch
        {
            Fault.LosesTheHeadWithItsEvent when inner.Bounds is var bounds && bounds.Oldest > bounds.Head => bounds.Head,
            Fault.TrimsIntoTheNewest when retention.MaxBytes == 1 => before.Head.Next,
            Fault.KeepsTheOldBoundsAfterATrim => before.Oldest,
            _ => null,
        };
        return fault switch
        {
            Fault.NeverEndsATrim => true,
            Fault.EndsATrimTooEarly => false,
            _ => removed,
        };
    }

    public ValueTask DisposeAsync()
    {
        _closing.TrySetResult();
        return inner.DisposeAsync();
    }

    private async ValueTask<ReadOnlyMemory<byte>> ReadInnerAsync(EventId after, int maxBytes, CancellationToken cancellationToken)
    {
        try
        {
            return await inner.ReadAsync(after, maxBytes, cancellationToken);
        }
        catch (LogFailedException) when (fault == Fault.ShowsAnOlderOwnerTheNextLife && newest().Bounds is var next)
        {
            return await newest().ReadAsync(new EventId(next.Oldest.Value - 1), maxBytes, cancellationToken);
        }
        catch (LogFailedException error) when (fault == Fault.RefusesAnOlderOwnersReadsAsMisuse)
        {
            throw new ArgumentOutOfRangeException(error.Message, error);
        }
    }

    private ValueTask<bool> TrimInnerAsync(Retention retention, DateTimeOffset now, CancellationToken cancellationToken) =>
        inner.TrimAsync(retention, now, cancellationToken);

    private ValueTask AppendForeignAsync()
    {
        var batch = EventBatch.FromProducer(Batches.Append().Single());
        batch.Seal(inner.Bounds.Head.Next, inner.Epoch, inner.Bounds.HeadEpoch, inner.Bounds.Head, DateTimeOffset.UnixEpoch);
        return inner.AppendAsync([batch]);
    }
}
