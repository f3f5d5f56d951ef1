using System.Runtime.CompilerServices;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Streams;

namespace Reflex.AspNetCore.Tests.Support;

/// <summary>A stream whose calls a test may make fail. What is null works as usual.</summary>
internal sealed class FaultyStream(IEventStream inner) : IEventStream
{
    private readonly TaskCompletionSource<Event> _failure = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public StreamName Name => inner.Name;

    public Exception? FailAppends { get; set; }

    /// <summary>Runs before a single event is appended.</summary>
    public Func<CancellationToken, Task>? BeforeAppend { get; set; }

    public Exception? FailStatus { get; set; }

    /// <summary>How often it was asked what all partitions hold.</summary>
    public int StatusCalls { get; private set; }

    public Exception? FailFirstRead { get; set; }

    /// <summary>What a reading hands out without ever waiting, before it fails with <see cref="FailFirstRead"/>.</summary>
    public IReadOnlyList<Event> BeforeFailure { get; set; } = [];

    /// <summary>What is read instead.</summary>
    public Func<StreamOptions, CancellationToken, IAsyncEnumerable<Event>>? Read { get; set; }

    /// <summary>What it claims to hold.</summary>
    public Func<StreamStatus, StreamStatus>? ChangeStatus { get; set; }

    /// <summary>Ends the readings that wait at the head, and those that come there later.</summary>
    public void FailReads(Exception error) => _failure.SetException(error);

    public async Task<StreamStatus> GetStatusAsync(CancellationToken cancellationToken = default)
    {
        StatusCalls++;
        if (FailStatus is { } error)
        {
            throw error;
        }

        var status = await inner.GetStatusAsync(cancellationToken);
        return ChangeStatus is { } change ? change(status) : status;
    }

    public async Task<PartitionStatus> GetPartitionStatusAsync(int partition, CancellationToken cancellationToken = default) =>
        FailStatus is null && ChangeStatus is null
            ? await inner.GetPartitionStatusAsync(partition, cancellationToken)
            : (await GetStatusAsync(cancellationToken)).Partitions[partition];

    public async Task<EventPosition> AppendAsync(NewEvent newEvent, CancellationToken cancellationToken = default)
    {
        if (BeforeAppend is { } before)
        {
            await before(cancellationToken);
        }

        return FailAppends is { } error ? throw error : await inner.AppendAsync(newEvent, cancellationToken);
    }

    public Task<IReadOnlyList<EventPosition>> AppendAsync(
        IReadOnlyList<NewEvent> newEvents, CancellationToken cancellationToken = default) =>
        FailAppends is { } error ? throw error : inner.AppendAsync(newEvents, cancellationToken);

    public async IAsyncEnumerable<Event> StreamAsync(
        Cursor after, StreamOptions options, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var events = Read?.Invoke(options, ending.Token) ?? inner.StreamAsync(after, options, ending.Token);
        await using var reading = events.GetAsyncEnumerator(ending.Token);
        while (true)
        {
            if (FailFirstRead is { } error)
            {
                foreach (var e in BeforeFailure)
                {
                    yield return e;
                }

                throw error;
            }

            var next = reading.MoveNextAsync().AsTask();
            if (await Task.WhenAny(next, _failure.Task) != next)
            {
                await ending.CancelAsync();
                await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await _failure.Task;
            }

            await next;
            yield return reading.Current;
        }
    }

    public StreamFunc Partition(int partition) => inner.Partition(partition);
}
