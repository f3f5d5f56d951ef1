using Reflex.Cluster.Tests.Cluster;
using Reflex.Cluster.Tests.History;

namespace Reflex.Cluster.Tests.Load;

/// <summary>
/// A consumer outside the cluster, which keeps its cursor: it goes on in a new session, elsewhere, whenever its own ends or stands still.
/// </summary>
internal sealed class OutsideConsumer
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly Func<SiloPlace, IReflexClient> _clientOf;
    private readonly Silos _silos;
    private readonly Progress _progress;
    private readonly FailureCounts _failures;
    private readonly List<HandledEvent> _handled = [];
    private int _sessions;

    /// <param name="name">Its name.</param>
    /// <param name="clientOf">The client by which it reaches a silo.</param>
    /// <param name="silos">Where.</param>
    /// <param name="progress">Whom it tells how far it is.</param>
    /// <param name="failures">What has gone wrong.</param>
    public OutsideConsumer(
        string name, Func<SiloPlace, IReflexClient> clientOf, Silos silos, Progress progress, FailureCounts failures)
    {
        Name = name;
        _clientOf = clientOf;
        _silos = silos;
        _progress = progress;
        _failures = failures;
        for (var partition = 0; partition < Workload.Partitions; partition++)
        {
            progress.AddFollower(new Follower(Role.Consumer, name, partition));
        }
    }

    public string Name { get; }

    /// <summary>What it has handled, in its order, when it has ended; of each event the life is the session's number.</summary>
    public IReadOnlyList<HandledEvent> Handled => _handled;

    public async Task RunAsync(CancellationToken stopping)
    {
        using var pause = new PeriodicTimer(Pause);
        while (!stopping.IsCancellationRequested)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            try
            {
                patience.CancelAfter(Patience);
                await ConsumeAsync(_clientOf(_silos.Current), patience);
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

    private async Task ConsumeAsync(IReflexClient client, CancellationTokenSource patience)
    {
        await using var session = await client.OpenSessionAsync(Workload.Stream, partition: null, Name, patience.Token);
        _sessions++;
        var acknowledging = Task.CompletedTask;
        await foreach (var e in client.GetStream(Workload.Stream).StreamAsync(session.Start, new(), patience.Token))
        {
            patience.CancelAfter(Patience);
            _handled.Add(new HandledEvent(_sessions, e.Partition, e.Id.Value, Clock.Now));
            _progress.Reached(new Follower(Role.Consumer, Name, e.Partition), e.Id.Value, Clock.Now);
            if (acknowledging.IsCompleted)
            {
                // The newest one counts for those before it, and nobody waits for each.
                await acknowledging;
                acknowledging = session.AcknowledgeAsync(e.Cursor, patience.Token).AsTask();
            }
        }
    }
}
