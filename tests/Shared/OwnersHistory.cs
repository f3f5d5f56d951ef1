using System.Collections.Concurrent;
using System.Globalization;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Orleans.Logs;
using Reflex.Storage;

namespace Reflex.Tests.Shared;

/// <summary>
/// Owners of one log that replace one another, append, trim and delete, while readers ask all of them. What a reader is told must have been
/// so at some moment between its call and the answer.
/// </summary>
/// <param name="seed">Makes the history.</param>
/// <param name="open">Opens the log as a new owner.</param>
/// <param name="trim">Trims as an owner, to as little as possible.</param>
/// <param name="delete">Deletes the log.</param>
internal sealed class OwnersHistory(int seed, Func<Task<PartitionLog>> open, Func<PartitionLog, Task> trim, Func<Task> delete)
{
    private const int Steps = 60;
    private const int Readers = 4;
    private const int KnownOwners = 3;
    private const int PageBytes = 3000;
    private const int MetadataBytes = 700;

    private readonly List<Truth> _truths = [new Truth(0, long.MaxValue, Head: 0, Oldest: 1, OldestAtMost: 1)];
    private readonly ConcurrentQueue<Claim> _claims = new();
    private readonly ConcurrentQueue<(long Id, long Epoch)> _seen = new();
    private readonly Dictionary<long, long> _epochs = [];
    private volatile PartitionLog[] _owners = [];
    private long _clock;
    private long _head;
    private int _refusals;

    /// <summary>How many answers said something of what the log holds, and how many calls failed for their owner's end.</summary>
    public (int Claims, int Refusals) Counts => (_claims.Count, _refusals);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await ReplaceAsync();
        var readers = Enumerable.Range(1, Readers).Select(reader => Task.Run(
            () => ReadAsync(new Random(seed + reader), ending.Token), cancellationToken)).ToArray();
        try
        {
            await ChangeAsync(new Random(seed), readers, cancellationToken);
        }
        finally
        {
            await ending.CancelAsync();
            await Task.WhenAll(readers);
        }

        foreach (var owner in _owners)
        {
            await owner.DisposeAsync();
        }

        foreach (var claim in _claims.Where(claim => !_truths.Any(claim.Holds)))
        {
            throw new InvalidOperationException(
                $"Seed {seed}: from {claim.From} to {claim.To} it was never so that {claim.What}.\n{string.Join('\n', _truths)}");
        }

        foreach (var (id, epoch) in _seen)
        {
            if (_epochs.GetValueOrDefault(id) != epoch)
            {
                throw new InvalidOperationException($"Seed {seed}: event {id} was read with epoch {epoch}, which wasn't appended.");
            }
        }
    }

    private async Task ChangeAsync(Random random, Task[] readers, CancellationToken cancellationToken)
    {
        for (var step = 0; step < Steps; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Array.Find(readers, reader => reader.IsFaulted) is { } failed)
            {
                await failed;
            }

            // A storage may never wait; the readers need the threads too.
            for (var i = random.Next(4); i > 0; i--)
            {
                await Task.Yield();
            }

            switch (random.Next(10))
            {
                case < 2:
                    await ReplaceAsync();
                    break;
                case 2:
                    await TrimAsync(_owners[^1]);
                    break;
                case 3 when random.Next(3) == 0:
                    await DeleteAsync();
                    await ReplaceAsync();
                    break;
                case 4 when _owners.Length > 1:
                    await RefusedAsync(_owners[random.Next(_owners.Length - 1)]);
                    break;
                default:
                    await AppendAsync(_owners[^1], random.Next(1, 4));
                    break;
            }
        }
    }

    private async Task ReplaceAsync()
    {
        // Those before it stay open, as owners do that don't know yet.
        var owner = await open();
        var closing = _owners.Length == KnownOwners ? _owners[0] : null;
        _owners = [.. _owners.TakeLast(KnownOwners - 1), owner];
        await (closing?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    private async Task AppendAsync(PartitionLog owner, int count)
    {
        var builder = new EventBatchBuilder(TimeProvider.System);
        for (var i = 0; i < count; i++)
        {
            builder.Add(new NewEvent(1, "a") { Metadata = new byte[MetadataBytes] });
        }

        var from = Tick();
        var first = await owner.AppendAsync(builder.Build());
        var to = Tick();
        if (first.Value != _head + 1)
        {
            throw new InvalidOperationException($"Seed {seed}: event {first} was appended where the head was {_head}.");
        }

        var head = _head + count;
        var epoch = owner.Bounds.HeadEpoch;
        for (var id = first.Value; id <= head; id++)
        {
            _epochs[id] = epoch;
        }

        var before = _truths[^1];
        _truths[^1] = before with { To = to };
        _truths.Add(before with { From = from, Head = head });
        Volatile.Write(ref _head, head);
    }

    private async Task RefusedAsync(PartitionLog older)
    {
        var builder = new EventBatchBuilder(TimeProvider.System);
        builder.Add(new NewEvent(1, "refused"));
        try
        {
            await older.AppendAsync(builder.Build());
        }
        catch (LogFailedException)
        {
            return;
        }

        throw new InvalidOperationException($"Seed {seed}: an older owner has appended.");
    }

    private async Task TrimAsync(PartitionLog owner)
    {
        var from = Tick();
        await trim(owner);
        Moved(from, owner.Bounds.Oldest.Value);
    }

    private async Task DeleteAsync()
    {
        var from = Tick();
        await delete();
        Moved(from, _head + 1);
    }

    /// <summary>Meanwhile the oldest event was any of those between.</summary>
    private void Moved(long from, long oldest)
    {
        var to = Tick();
        var before = _truths[^1];
        _truths[^1] = before with { To = to };
        _truths.Add(before with { From = from, To = to, OldestAtMost = oldest });
        _truths.Add(before with { From = from, Oldest = oldest, OldestAtMost = oldest });
    }

    private long Tick() => Interlocked.Increment(ref _clock);

    private async Task ReadAsync(Random random, CancellationToken ended)
    {
        while (!ended.IsCancellationRequested)
        {
            var owners = _owners;
            var owner = owners[random.Next(owners.Length)];
            var from = Tick();
            try
            {
                await AskAsync(owner, random, from, ended);
            }
            catch (LogFailedException)
            {
                Interlocked.Increment(ref _refusals);
            }
            catch (OperationCanceledException) when (ended.IsCancellationRequested)
            {
                return;
            }

            await Task.Yield();
        }
    }

    private async Task AskAsync(PartitionLog owner, Random random, long from, CancellationToken ended)
    {
        var head = Volatile.Read(ref _head);
        var id = random.Next(3) == 0 ? random.NextInt64(head + 1) : Math.Max(0, head + random.Next(-3, 4));
        switch (random.Next(8))
        {
            case 0:
                var bounds = await owner.GetBoundsAsync(ended);
                Add(from, $"the log held {bounds}", truth => truth.Head == bounds.Head.Value
                    && truth.Oldest <= bounds.Oldest.Value && bounds.Oldest.Value <= truth.OldestAtMost);
                break;
            case 1:
                var place = await owner.FindAsync(new EventId(id), ended);
                if (place == default)
                {
                    Add(from, $"event {id} was ahead or expired", truth => id > truth.Head || id < truth.OldestAtMost - 1);
                }
                else if (place.NextEpoch is null)
                {
                    Add(from, $"event {id} was the head", truth => truth.Head == id);
                }

                break;
            case 2:
                await ReadAsync(owner, id, TimeSpan.FromMilliseconds(1), from, ended);
                break;
            case 3:
                if (Note(await owner.ReadAsync(null, PageBytes, TimeSpan.Zero, ended)) is null)
                {
                    Add(from, "there was no event", truth => truth.OldestAtMost == truth.Head + 1);
                }

                break;
            default:
                await ReadAsync(owner, id, TimeSpan.Zero, from, ended);
                break;
        }
    }

    private async Task ReadAsync(PartitionLog owner, long id, TimeSpan wait, long from, CancellationToken ended)
    {
        try
        {
            // After waiting an empty page says nothing.
            if (Note(await owner.ReadAsync(new EventId(id), PageBytes, wait, ended)) is null && wait == TimeSpan.Zero)
            {
                Add(from, $"event {id} was the head", truth => truth.Head == id);
            }
        }
        catch (CursorAheadException)
        {
            Add(from, $"event {id} was ahead of the head", truth => id > truth.Head);
        }
        catch (CursorExpiredException)
        {
            Add(from, $"event {id} was expired", truth => id < truth.OldestAtMost - 1);
        }
    }

    /// <summary>Remembers what was read; null of an empty page.</summary>
    private LogPage? Note(LogPage page)
    {
        foreach (var batch in page.Batches())
        {
            _seen.Enqueue((batch.LastId.Value, batch.Epoch));
        }

        return page.IsEmpty ? null : page;
    }

    private void Add(long from, string what, Predicate<Truth> isSo) => _claims.Enqueue(new Claim(from, Tick(), what, isSo));

    /// <summary>What the log held from one tick to another; the oldest event may have been any from one to another.</summary>
    private sealed record Truth(long From, long To, long Head, long Oldest, long OldestAtMost)
    {
        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture, $"from {From} to {To}: head {Head}, oldest {Oldest} to {OldestAtMost}");
    }

    private sealed record Claim(long From, long To, string What, Predicate<Truth> IsSo)
    {
        public bool Holds(Truth truth) => truth.From <= To && From <= truth.To && IsSo(truth);
    }
}
