using Reflex.Cluster.Tests.Cluster;
using Reflex.Cluster.Tests.History;

namespace Reflex.Cluster.Tests.Load;

/// <summary>Follows the ledgers of the silos while they are written, to see how far the consumers are.</summary>
internal sealed class LedgerTail(SiloLives lives, Progress progress)
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(20);

    private readonly Dictionary<int, Tail> _tails = [];
    private readonly HashSet<int> _over = [];

    public async Task RunAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Period);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping))
            {
                Array.ForEach([.. lives.All.Where(life => !_over.Contains(life.Number))], Follow);
            }
        }
        catch (OperationCanceledException)
        {
            // The run has ended.
        }
        finally
        {
            foreach (var tail in _tails.Values)
            {
                tail.Reader.Dispose();
            }
        }
    }

    private void Follow(SiloLife life)
    {
        var isOver = life.Ending != SiloEnding.None;
        if (!_tails.TryGetValue(life.Number, out var tail) && File.Exists(life.Ledger))
        {
            tail = new Tail(new StreamReader(new FileStream(life.Ledger, FileMode.Open, FileAccess.Read, FileShare.ReadWrite)));
            _tails.Add(life.Number, tail);
        }

        if (tail is not null)
        {
            Read(tail);
        }

        if (isOver)
        {
            tail?.Reader.Dispose();
            _tails.Remove(life.Number);
            _over.Add(life.Number);
        }
    }

    private void Read(Tail tail)
    {
        tail.Rest += tail.Reader.ReadToEnd();
        var end = tail.Rest.LastIndexOf('\n') + 1;
        foreach (var text in tail.Rest[..end].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (LedgerLine.TryParse(text) is var (consumer, partition, id, at))
            {
                progress.Reached(new Follower(Role.Consumer, consumer, partition), id, at);
            }
        }

        tail.Rest = tail.Rest[end..];
    }

    private sealed class Tail(StreamReader reader)
    {
        public StreamReader Reader => reader;

        /// <summary>The line that isn't whole yet.</summary>
        public string Rest { get; set; } = "";
    }
}
