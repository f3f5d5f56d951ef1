using System.Text;

namespace Reflex.Cluster.Tests.Load;

/// <summary>
/// Whether all go on: every appender appends an event, and every reader and consumer gets to these, of whose partition it is. Thread-safe.
/// </summary>
/// <param name="partitions">The stream's partitions.</param>
internal sealed class Progress(int partitions)
{
    private readonly Lock _lock = new();
    private readonly List<string> _appenders = [];
    private readonly Dictionary<Follower, long> _places = [];
    private readonly HashSet<string> _missing = [];
    private readonly HashSet<Follower> _behind = [];
    private readonly long[] _targets = new long[partitions];
    private readonly Dictionary<Role, long> _reachedAt = [];
    private long _since;
    private long _appendedAt;
    private TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void AddAppender(string name)
    {
        lock (_lock)
        {
            _appenders.Add(name);
        }
    }

    public void AddFollower(Follower follower)
    {
        lock (_lock)
        {
            _places[follower] = 0;
        }
    }

    /// <summary>From now on all are to go on.</summary>
    public void Mark()
    {
        lock (_lock)
        {
            Begin_NeedsLock();
            _missing.UnionWith(_appenders);
        }
    }

    /// <summary>An append has succeeded.</summary>
    /// <param name="appender">Whose.</param>
    /// <param name="partition">Where.</param>
    /// <param name="id">Its last event.</param>
    /// <param name="begunAt">When it began.</param>
    public void Appended(string appender, int partition, long id, long begunAt)
    {
        lock (_lock)
        {
            if (begunAt >= _since && _missing.Remove(appender))
            {
                _targets[partition] = Math.Max(_targets[partition], id);
                if (_missing.Count == 0)
                {
                    Follow_NeedsLock();
                }
            }
        }
    }

    /// <summary>A reader or consumer has got to an event.</summary>
    public void Reached(Follower follower, long id, long at)
    {
        lock (_lock)
        {
            _places[follower] = Math.Max(_places[follower], id);
            if (id >= _targets[follower.Partition] && _behind.Remove(follower))
            {
                _reachedAt[follower.Role] = Math.Max(_reachedAt[follower.Role], at);
                if (_behind.Count == 0)
                {
                    _done.TrySetResult();
                }
            }
        }
    }

    /// <summary>Waits until all have gone on since <see cref="Mark"/>.</summary>
    /// <exception cref="TimeoutException">Some haven't; the message names them.</exception>
    public async Task<ProgressTimes> WaitAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        try
        {
            await _done.Task.WaitAsync(limit, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"{limit.TotalSeconds:F0} s after a fault there is no progress of {Describe()}.");
        }

        lock (_lock)
        {
            return new ProgressTimes(
                Clock.Span(_appendedAt - _since),
                Clock.Span(Math.Max(0, _reachedAt[Role.Reader] - _since)),
                Clock.Span(Math.Max(0, _reachedAt[Role.Consumer] - _since)));
        }
    }

    /// <summary>Waits until every reader and consumer has got to the heads.</summary>
    public Task<ProgressTimes> ReachAsync(IReadOnlyList<long> heads, TimeSpan limit, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            Begin_NeedsLock();
            for (var partition = 0; partition < heads.Count; partition++)
            {
                _targets[partition] = heads[partition];
            }

            Follow_NeedsLock();
        }

        return WaitAsync(limit, cancellationToken);
    }

    private void Begin_NeedsLock()
    {
        _since = Clock.Now;
        _missing.Clear();
        _behind.Clear();
        Array.Clear(_targets);
        _reachedAt[Role.Reader] = _reachedAt[Role.Consumer] = 0;
        _done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private void Follow_NeedsLock()
    {
        _appendedAt = Clock.Now;
        _behind.UnionWith(_places.Where(place => place.Value < _targets[place.Key.Partition]).Select(place => place.Key));
        if (_behind.Count == 0)
        {
            _done.TrySetResult();
        }
    }

    private string Describe()
    {
        lock (_lock)
        {
            var text = new StringBuilder();
            text.AppendJoin(", ", _missing.Select(appender => $"appender {appender}"));
            text.AppendJoin(", ", _behind.Select(one => $"{one} (at {_places[one]} of {_targets[one.Partition]})"));
            return text.ToString();
        }
    }
}
