using System.Globalization;
using System.Text;
using Reflex.Cluster.Tests.History;
using Reflex.Events;
using Reflex.Streams;

namespace Reflex.Cluster.Tests.Load;

/// <summary>One caller that appends to one partition, again and again.</summary>
internal sealed class Appender
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly IAppending _way;
    private readonly Silos _silos;
    private readonly Progress _progress;
    private readonly FailureCounts _failures;
    private readonly int _number;
    private readonly int _partition;
    private readonly string _foreignId;

    public Appender(
        string name, int number, int partition, IAppending way, Silos silos, Progress progress, FailureCounts failures)
    {
        Name = $"{name}/{partition.ToString(CultureInfo.InvariantCulture)}";
        _number = number;
        _partition = partition;
        _way = way;
        _silos = silos;
        _progress = progress;
        _failures = failures;
        Appended = new AppendedEvents(number);
        _foreignId = Enumerable.Range(0, int.MaxValue)
            .Select(i => string.Create(CultureInfo.InvariantCulture, $"entity-{i}"))
            .First(id => Partitioning.PartitionOf(id, Workload.Partitions) == partition);
        progress.AddAppender(Name);
    }

    public string Name { get; }

    public AppendedEvents Appended { get; }

    /// <summary>How many events go together.</summary>
    public int Batch { get; init; } = 1;

    /// <summary>How many appends are under way at most: with 1 each is waited for.</summary>
    public int UnderWay { get; init; } = 1;

    /// <summary>The time from the beginning of an append to the next one's, unless it must wait longer.</summary>
    public TimeSpan Period { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Appends until it is stopped; ends when everything has an answer.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Period);
        using var room = new SemaphoreSlim(UnderWay);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping))
            {
                await room.WaitAsync(stopping);
                _ = AppendAsync(room);
            }
        }
        catch (OperationCanceledException)
        {
            // It was stopped.
        }

        for (var left = UnderWay; left > 0; left--)
        {
            await room.WaitAsync(CancellationToken.None);
        }
    }

    private async Task AppendAsync(SemaphoreSlim room)
    {
        var first = Appended.Begin(Batch);
        var begunAt = Clock.Now;
        try
        {
            using var limit = new CancellationTokenSource(Patience);
            var events = Enumerable.Range(0, Batch).Select(i => Make(first + i)).ToList();
            var positions = await _way.AppendAsync(_silos.Current, events, limit.Token);
            Appended.Acknowledge(first, positions);
            _progress.Appended(Name, _partition, positions[^1].Id.Value, begunAt);
        }
        catch (Exception error)
        {
            _failures.AddAppend(Name, error);
            _silos.GoOn();
        }
        finally
        {
            room.Release();
        }
    }

    private NewEvent Make(long number) =>
        new(1, _foreignId) { Metadata = Encoding.UTF8.GetBytes(new Identity(_number, number).ToString()) };
}
