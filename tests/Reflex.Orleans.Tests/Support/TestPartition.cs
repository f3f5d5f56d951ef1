using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Reflex.Diagnostics;
using Reflex.Events;
using Reflex.Orleans.Logs;
using Reflex.Storage;
using Reflex.Streams;
using Reflex.Tests.Shared;

namespace Reflex.Orleans.Tests.Support;

/// <summary>A partition over a scripted storage.</summary>
internal sealed class TestPartition : IAsyncDisposable
{
    private readonly RetentionClock _retentionClock;

    private TestPartition(ScriptedProvider provider, PartitionLog log, FakeTimeProvider clock, TestMeters meters)
    {
        Provider = provider;
        Log = log;
        Clock = clock;
        Meters = meters;
        _retentionClock = new RetentionClock(clock, Instruments(meters, clock), NullLogger<RetentionClock>.Instance);
    }

    public static PartitionId Id { get; } = new("orders", 3);

    public ScriptedProvider Provider { get; }

    public PartitionLog Log { get; }

    public FakeTimeProvider Clock { get; }

    public TestMeters Meters { get; }

    public ScriptedLog Script => Provider.Logs[^1];

    public static async Task<TestPartition> OpenAsync(
        ScriptedProvider? provider = null, FakeTimeProvider? clock = null, PartitionLogOptions? options = null, PartitionId? id = null)
    {
        provider ??= new ScriptedProvider();
        clock ??= new FakeTimeProvider();
        var meters = new TestMeters();
        var log = await PartitionLog.OpenAsync(
            provider, id ?? Id, options ?? new PartitionLogOptions(), clock, Instruments(meters, clock), CancellationToken.None);
        return new TestPartition(provider, log, clock, meters);
    }

    private static PartitionInstruments Instruments(TestMeters meters, FakeTimeProvider clock) => new(meters, new CommitTimes(clock));

    public Task<EventId> AppendAsync(int count = 1, int first = 1) => Log.AppendAsync(Batches.Append(count, first));

    public Task TrimAsync(Retention retention, CancellationToken cancellationToken = default) =>
        TrimAsync(() => retention, cancellationToken);

    public Task TrimAsync(Func<Retention?> getRetention, CancellationToken cancellationToken = default) =>
        Log.TrimAsync(() => ValueTask.FromResult(getRetention()), _retentionClock, cancellationToken);

    public Task<LogPage> ReadAsync(long? after, int maxBytes = 1 << 20, TimeSpan wait = default) =>
        Log.ReadAsync(after is { } id ? new EventId(id) : null, maxBytes, wait, TestContext.Current.CancellationToken);

    /// <summary>The ids of a page read from memory, else from the log.</summary>
    public async Task<List<long>> ReadIdsAsync(long? after, int maxBytes = 1 << 20, TimeSpan wait = default)
    {
        var page = await ReadAsync(after, maxBytes, wait);
        return [.. page.Events(new EventId(after ?? page.Oldest.Value - 1), Id.Index).Select(e => e.Id.Value)];
    }

    public ValueTask DisposeAsync() => Log.DisposeAsync();
}
