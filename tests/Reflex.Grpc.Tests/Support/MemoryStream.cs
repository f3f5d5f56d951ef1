using Google.Protobuf.WellKnownTypes;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Streams;

namespace Reflex.Grpc.Tests.Support;

/// <summary>A stream in memory, as a server of the contracts keeps it. Thread-safe.</summary>
internal sealed class MemoryStream(string name, int partitions)
{
    private const int EventsInPage = 7;

    private readonly Lock _lock = new();
    private readonly List<V1.Event>[] _partitions = [.. Enumerable.Range(0, partitions).Select(_ => new List<V1.Event>())];
    private TaskCompletionSource _appended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Name => name;

    public int Partitions => partitions;

    public Cursor Head
    {
        get
        {
            lock (_lock)
            {
                var cursor = Cursor.ForPartitions(partitions);
                for (var i = 0; i < partitions; i++)
                {
                    cursor = cursor.With(i, new EventId(_partitions[i].Count));
                }

                return cursor;
            }
        }
    }

    public void Append(int count)
    {
        for (var i = 0; i < count; i++)
        {
            Append([new V1.NewEvent { Type = i + 1, ForeignId = $"entity-{i}" }]);
        }
    }

    public List<V1.EventPosition> Append(IEnumerable<V1.NewEvent> events)
    {
        lock (_lock)
        {
            var positions = new List<V1.EventPosition>();
            foreach (var e in events)
            {
                var partition = Partitioning.PartitionOf(e.ForeignId, partitions);
                var log = _partitions[partition];
                log.Add(new V1.Event
                {
                    Id = log.Count + 1,
                    Type = e.Type,
                    ForeignId = e.ForeignId,
                    Metadata = e.Metadata,
                    Trace = e.Trace,
                    Timestamp = e.Timestamp ?? new Timestamp { Seconds = 1_700_000_000 },
                });
                positions.Add(new V1.EventPosition { Partition = partition, Id = log.Count });
            }

            _appended.SetResult();
            _appended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return positions;
        }
    }

    /// <summary>The next events of each partition after a cursor, and what ends when more is appended.</summary>
    public (List<(int Partition, List<V1.Event> Events)> Pages, Task Appended) Read(Cursor after, int? partition)
    {
        lock (_lock)
        {
            var pages = new List<(int, List<V1.Event>)>();
            for (var i = 0; i < partitions; i++)
            {
                var id = (int)(after.Of(partition is null ? i : 0)?.Id.Value ?? 0);
                if ((partition is null || partition == i) && _partitions[i].Skip(id).Take(EventsInPage).ToList() is { Count: > 0 } page)
                {
                    pages.Add((i, page));
                }
            }

            return (pages, _appended.Task);
        }
    }
}
