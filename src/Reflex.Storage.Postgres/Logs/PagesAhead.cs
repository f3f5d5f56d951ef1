namespace Reflex.Storage.Postgres.Logs;

/// <summary>
/// Where readers are expected next, and the pages that are read for them already, for as many as come. What is the oldest goes when another
/// place is needed. Thread-safe.
/// </summary>
/// <param name="most">How many there are at most.</param>
/// <param name="timeProvider">The clock for their ages.</param>
internal sealed class PagesAhead(int most, TimeProvider timeProvider)
{
    // Shorter than any server takes to become another one, whose log may have less.
    private static readonly TimeSpan Certainty = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly OrderedDictionary<PageStart, (Task<StoredPage?>? Page, long BeganAt)> _expected = [];

    /// <summary>Expects a reader.</summary>
    /// <param name="start">What it will ask by.</param>
    /// <param name="page">What is being read for it, which becomes null where that fails; null when nothing is.</param>
    public void Add(PageStart start, Task<StoredPage?>? page)
    {
        lock (_lock)
        {
            _expected.Remove(start);
            if (_expected.Count == most)
            {
                _expected.RemoveAt(0);
            }

            _expected.Add(start, (page, timeProvider.GetTimestamp()));
        }
    }

    /// <summary>Tells whether a reader was expected.</summary>
    /// <param name="start">What it asks by.</param>
    /// <param name="page">What was read for it; null when nothing was, or so long ago that it may not be so any more.</param>
    public bool TryFind(PageStart start, out Task<StoredPage?>? page)
    {
        lock (_lock)
        {
            var isExpected = _expected.TryGetValue(start, out var found);
            page = isExpected && timeProvider.GetElapsedTime(found.BeganAt) < Certainty ? found.Page : null;
            return isExpected;
        }
    }
}
