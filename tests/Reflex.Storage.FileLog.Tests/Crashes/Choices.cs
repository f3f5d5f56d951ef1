namespace Reflex.Storage.FileLog.Tests.Crashes;

/// <summary>
/// Which of some things are there: all possibilities, or, where they are too many, those that matter most and some others.
/// </summary>
internal static class Choices
{
    /// <param name="units">How many things there are.</param>
    /// <param name="bound">How many choices at most.</param>
    /// <param name="random">Chooses the others.</param>
    public static IEnumerable<bool[]> Of(int units, int bound, Random random)
    {
        if (units < 31 && 1 << units <= bound)
        {
            return Enumerable.Range(0, 1 << units).Select(bits => Make(units, i => (bits >> i & 1) != 0));
        }

        // In order, and against it; one alone, and all but one. The newest ones first.
        var newest = Enumerable.Range(0, units).Reverse();
        var systematic = newest.SelectMany(at => new[]
        {
            Make(units, i => i < at),
            Make(units, i => i != at),
            Make(units, i => i > at),
            Make(units, i => i == at),
        });
        return systematic.Take(bound * 3 / 4)
            .Concat([Make(units, _ => true), Make(units, _ => false)])
            .Concat(Enumerable.Range(0, bound / 4).Select(_ => Make(units, _ => random.Next(2) == 0)));
    }

    private static bool[] Make(int units, Func<int, bool> isThere) => [.. Enumerable.Range(0, units).Select(isThere)];
}
