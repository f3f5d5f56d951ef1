namespace Reflex.Storage.Postgres.Database;

/// <summary>Does for many at once what each asks for: what comes while one run is under way goes with the next. Thread-safe.</summary>
/// <remarks>
/// Nobody waits for others to come: a run begins as soon as the one before has ended. When PostgreSQL refuses a run, and so has changed
/// nothing, each part of it is run alone: what is wrong with one doesn't stop the others. One that has met others is run again a few times.
/// </remarks>
/// <typeparam name="T">What is asked for; whoever asks is told by it.</typeparam>
/// <param name="measure">How much of a run something takes.</param>
/// <param name="maxSize">The most that goes in one run, unless a single one is larger.</param>
/// <param name="run">Does it, and tells those for whom it is done.</param>
/// <param name="fail">Tells one that its part has failed.</param>
internal sealed class Gathering<T>(
    Func<T, long> measure, long maxSize, Func<IReadOnlyList<T>, Task> run, Action<T, Exception> fail)
{
    // Those that it met have ended by then, or are many.
    private const int MaxTries = 4;

    private readonly Lock _lock = new();
    private readonly Queue<T> _waiting = new();
    private bool _isRunning;

    public void Add(T item)
    {
        lock (_lock)
        {
            _waiting.Enqueue(item);
            if (_isRunning)
            {
                return;
            }

            _isRunning = true;
        }

        // What the run goes on with belongs to later ones too, not to this caller's request or trace.
        using (ExecutionContext.SuppressFlow())
        {
            _ = Task.Run(RunAsync);
        }
    }

    private async Task RunAsync()
    {
        while (Take() is { Count: > 0 } group)
        {
            await RunAsync(group).ConfigureAwait(false);

            // Those who were waiting for this run ask for the next thing now: with their turn first, they go along.
            await Task.Yield();
        }
    }

    private async Task RunAsync(IReadOnlyList<T> group, int tries = 1)
    {
        try
        {
            await run(group).ConfigureAwait(false);
        }
        catch (Exception error) when (group.Count == 1 && tries < MaxTries && PostgresErrors.IsCollision(error))
        {
            await RunAsync(group, tries + 1).ConfigureAwait(false);
        }
        catch (Exception error) when (group.Count > 1 && PostgresErrors.IsRolledBack(error))
        {
            foreach (var item in group)
            {
                await RunAsync([item]).ConfigureAwait(false);
            }
        }
        catch (Exception error)
        {
            foreach (var item in group)
            {
                fail(item, error);
            }
        }
    }

    private List<T> Take()
    {
        lock (_lock)
        {
            var group = new List<T>();
            for (long size = 0; _waiting.TryPeek(out var next) && (size == 0 || size + measure(next) <= maxSize);)
            {
                size += measure(next);
                group.Add(_waiting.Dequeue());
            }

            _isRunning = group.Count > 0;
            return group;
        }
    }
}
