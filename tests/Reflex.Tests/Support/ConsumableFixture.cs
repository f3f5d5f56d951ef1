using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Retries;
using Reflex.Streams;
using Reflex.Tests.Shared;

namespace Reflex.Tests.Support;

/// <summary>A consumable over a list of events, with everything that happens in one journal.</summary>
internal sealed class ConsumableFixture
{
    public ConsumableFixture(int events = 3)
    {
        Events = [.. Enumerable.Range(1, events).Select(id => Event.Create(
            new EventId(id), new NewEvent(id, $"{id}") { Timestamp = Clock.GetUtcNow() }))];
        Cursors = new TestCursors(Journal);
        Consumer = new TestConsumer(Journal);
        Instruments = new ReflexInstruments(Meters, Clock);
        Consumable = new Consumable(StreamAsync, Cursors) { TimeProvider = Clock, Logger = Logger };
    }

    public static ConsumerName Name { get; } = "mailer";

    public List<string> Journal { get; } = [];

    public List<Event> Events { get; }

    public FakeTimeProvider Clock { get; } = new();

    public FakeLogger Logger { get; } = new();

    public TestMeters Meters { get; } = new();

    public ReflexInstruments Instruments { get; }

    public TestCursors Cursors { get; }

    public TestConsumer Consumer { get; }

    public Consumable Consumable { get; }

    /// <summary>How the stream ends, after its events; null ends it without an error.</summary>
    public Exception? StreamEnd { get; set; } = new HeadReachedException("orders");

    /// <summary>What a stream was asked for last.</summary>
    public StreamOptions? Asked { get; private set; }

    /// <summary>Cancels the runs.</summary>
    public CancellationTokenSource Cancelling { get; } = new();

    public Task RunAsync(ConsumerOptions? options = null)
    {
        options ??= new ConsumerOptions(Name);
        return Consumable.ConsumeAsync(Consumer, options, Instruments.ForConsumer("orders", 0, options), Cancelling.Token);
    }

    public Task RunForeverAsync(Backoff? backoff = null) =>
        Consumable.RunForeverAsync(Consumer, new ConsumerOptions(Name), backoff, cancellationToken: Cancelling.Token);

    private async IAsyncEnumerable<Event> StreamAsync(
        Cursor after, StreamOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Journal.Add($"stream {after}");
        Asked = options;
        foreach (var e in Events.Where(e => after.IsEmpty || e.Id > after.Of(0)?.Id))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return e;
        }

        await Task.CompletedTask;
        if (StreamEnd is { } end)
        {
            throw end;
        }
    }
}
