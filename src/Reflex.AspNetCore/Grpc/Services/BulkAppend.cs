using Grpc.Core;
using Reflex.AspNetCore.Grpc.Requests;
using Reflex.AspNetCore.Limits;
using Reflex.Events;
using Reflex.Streams;
using V1 = Reflex.Grpc.V1;

namespace Reflex.AspNetCore.Grpc.Services;

/// <summary>Appends a client's messages in their order.</summary>
/// <remarks>
/// While an append is on its way the next messages gather, and leave together when it is done: that keeps each message whole, all
/// in order, and nothing after an error. When as many have gathered as one append takes, no more are read until it is done.
/// </remarks>
/// <param name="client">The cluster.</param>
/// <param name="requests">The client's messages.</param>
/// <param name="received">What the message takes that came last.</param>
/// <param name="receiving">What all may have received and not yet appended.</param>
/// <param name="requireAsync">Lets the caller pass who may append to a stream.</param>
/// <param name="paceAsync">Waits while the caller appends faster than it may.</param>
internal sealed class BulkAppend(
    IReflexClient client,
    IAsyncStreamReader<V1.AppendRequest> requests,
    ReceivingShare received,
    ReceivingBudget receiving,
    Func<StreamName, ValueTask> requireAsync,
    Func<IReadOnlyList<NewEvent>, ValueTask> paceAsync)
{
    private const int MaxGatheredBytes = 4 * 1024 * 1024;
    private const int MaxGatheredEvents = 200_000;

    private readonly SortedDictionary<int, EventId> _last = [];
    private List<NewEvent> _gathered = [];
    private int _gatheredBytes;
    private ReceivingShare _share = receiving.Open();
    private IEventStream? _stream;
    private Task _append = Task.CompletedTask;

    public long Count { get; private set; }

    /// <summary>The newest appended event in each partition that took any.</summary>
    public IEnumerable<EventPosition> Last => _last.Select(last => new EventPosition(last.Key, last.Value));

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await ReadAsync(cancellationToken))
            {
                if (_append.IsCompleted || _gatheredBytes >= MaxGatheredBytes || _gathered.Count >= MaxGatheredEvents)
                {
                    await SendAsync(cancellationToken);
                }
            }

            await SendAsync(cancellationToken);
        }
        finally
        {
            _share.Dispose();
            await _append;
        }
    }

    private async Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        var next = requests.MoveNext(cancellationToken);
        while (!next.IsCompleted && _gathered.Count > 0)
        {
            // Whatever comes first: another message to gather, or the end of the append that this one waits for. The message may wait
            // for the room that what has been read makes, once it is appended.
            await Task.WhenAny(next, _append);
            if (_append.IsCompleted)
            {
                await SendAsync(cancellationToken);
            }
        }

        if (!await next)
        {
            return false;
        }

        var request = requests.Current;
        await ChooseAsync(request.Stream);
        var events = NewEvents.Read(request);
        var paced = paceAsync(events);
        if (!paced.IsCompleted)
        {
            // What came before needn't wait for it.
            await SendAsync(cancellationToken);
        }

        await paced;
        _share.TakeOver(received);
        _gathered.AddRange(events);
        _gatheredBytes += request.CalculateSize();
        return true;
    }

    private async ValueTask ChooseAsync(string name)
    {
        if (_stream is null)
        {
            var stream = StreamName.Parse(name);
            await requireAsync(stream);
            _stream = client.GetStream(stream);
        }
        else if (name.Length > 0 && name != _stream.Name.Value)
        {
            throw new FormatException(
                $"A message is for the stream '{name}' but the first one was for '{_stream.Name}': use a call for each stream.");
        }
    }

    private async Task SendAsync(CancellationToken cancellationToken)
    {
        await _append;
        if (_gathered.Count > 0)
        {
            _append = AppendAsync(_gathered, _share, cancellationToken);
            _gathered = [];
            _gatheredBytes = 0;
            _share = receiving.Open();
        }
    }

    private async Task AppendAsync(List<NewEvent> events, ReceivingShare share, CancellationToken cancellationToken)
    {
        using var taken = share;
        var positions = await _stream!.AppendAsync(events, cancellationToken);
        Count += positions.Count;
        foreach (var (partition, id) in positions)
        {
            _last[partition] = id;
        }
    }
}
