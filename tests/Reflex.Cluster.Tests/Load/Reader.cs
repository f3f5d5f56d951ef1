using Reflex.Cluster.Tests.History;
using Reflex.Cursors;

namespace Reflex.Cluster.Tests.Load;

/// <summary>One reader, which goes on at its last cursor, elsewhere, whenever its stream ends or stands still.</summary>
internal sealed class Reader : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly IReading _way;
    private readonly Silos _silos;
    private readonly Progress _progress;
    private readonly FailureCounts _failures;

    /// <param name="name">Its name.</param>
    /// <param name="partitions">The partitions that it reads.</param>
    /// <param name="way">How it reads.</param>
    /// <param name="silos">Where.</param>
    /// <param name="seen">What it has seen.</param>
    /// <param name="progress">Whom it tells how far it is.</param>
    /// <param name="failures">What has gone wrong.</param>
    public Reader(
        string name, IEnumerable<int> partitions, IReading way, Silos silos, SeenEvents seen, Progress progress, FailureCounts failures)
    {
        Name = name;
        _way = way;
        _silos = silos;
        Seen = seen;
        _progress = progress;
        _failures = failures;
        foreach (var partition in partitions)
        {
            progress.AddFollower(new Follower(Role.Reader, name, partition));
        }
    }

    public string Name { get; }

    public SeenEvents Seen { get; }

    public async Task RunAsync(CancellationToken stopping)
    {
        using var pause = new PeriodicTimer(Pause);
        var cursor = Cursor.Empty;
        while (!stopping.IsCancellationRequested)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            try
            {
                patience.CancelAfter(Patience);
                await foreach (var (e, next) in _way.ReadAsync(_silos.Current, cursor, patience.Token))
                {
                    Seen.Add(e);
                    cursor = next;
                    _progress.Reached(new Follower(Role.Reader, Name, e.Partition), e.Id, Clock.Now);
                    patience.CancelAfter(Patience);
                }
            }
            catch (Exception error)
            {
                if (!stopping.IsCancellationRequested)
                {
                    _failures.Add(Name, error);
                }
            }

            _silos.GoOn();
            await pause.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    public void Dispose() => Seen.Dispose();
}
