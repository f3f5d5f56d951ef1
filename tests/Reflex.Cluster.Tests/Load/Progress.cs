namespace Reflex.Cluster.Tests.Load;

/// <summary>
/// Whether all go on: every appender appends an event, and every reader and consumer gets to the first one of its partition, whoever's that
/// is. Thread-safe.
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
    private string _last = "";
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
            if (begunAt < _since || !_missing.Remove(appender))
            {
                return;
            }

            (_appendedAt, _last) = (Clock.Now, $"appender {appender}");
            if (_targets[partition] == 0)
            {
                Aim_NeedsLock(partition, id);
            }

            End_NeedsLock();
        }
    }

    /// <summary>A reader or consumer has got to an event.</summary>
    public void Reached(Follower follower, long id, long at)
    {
        lock (_lock)
        {
            _places[follower] = Math.Max(_places[follower], id);
            if (_targets[follower.Partition] is > 0 and var target && id >= target && _behind.Remove(follower))
            {
                _reachedAt[follower.Role] = Math.Max(_reachedAt[follower.Role], at);
                _last = follower.ToString();
                End_NeedsLock();
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
                Clock.Span(Math.Max(0, _reachedAt[Role.Consumer] - _since)),
                _last);
        }
    }

    /// <summary>Waits until every reader and consumer has got to the heads.</summary>
    public Task<ProgressTimes> ReachAsync(IReadOnlyList<long> heads, TimeSpan limit, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            Begin_NeedsLock();
            _appendedAt = _since;
            for (var partition = 0; partition < heads.Count; partition++)
            {
                Aim_NeedsLock(partition, heads[partition]);
            }

            End_NeedsLock();
        }

        return WaitAsync(limit, cancellationToken);
    }

    private void Begin_NeedsLock()
    {
        _since = Clock.Now;
        _missing.Clear();
        _behind.UnionWith(_places.Keys);
        Array.Clear(_targets);
        _reachedAt[Role.Reader] = _reachedAt[Role.Consumer] = 0;
        _done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>A consumer may tell of an event before its appender does.</summary>
    private void Aim_NeedsLock(int partition, long id)
    {
        _targets[partition] = id;
        _behind.RemoveWhere(follower => follower.Partition == partition && _places[follower] >= id);
    }

    private void End_NeedsLock()
    {
        if (_missing.Count == 0 && _behind.Count == 0)
        {
            _done.TrySetResult();
        }
    }

    private string Describe()
    {
        lock (_lock)
        {
            var who = new List<string>(_missing.Select(appender => $"appender {appender}"));
            who.AddRange(_behind.Select(one => $"{one} (at {_places[one]} of {_targets[one.Partition]})"));
            return string.Join(", ", who);
        }
    }
}
