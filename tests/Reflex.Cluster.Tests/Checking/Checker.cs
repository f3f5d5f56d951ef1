using Reflex.Cluster.Tests.History;

namespace Reflex.Cluster.Tests.Checking;

/// <summary>Checks a run by all that must hold.</summary>
internal static class Checker
{
    // Of each rule; one fault of the product breaks it many times.
    private const int Told = 10;
    private const int Counted = 10_000;

    private static readonly ICheck[] Checks =
    [
        new IdsCheck(), new OnceCheck(), new AnswersCheck(), new ReadersCheck(), new ConsumersCheck(), new SessionsCheck(),
        new CursorsCheck(),
    ];

    /// <summary>What is wrong, each a sentence; of each rule the first few and their number.</summary>
    public static IReadOnlyList<string> Check(RecordedRun run)
    {
        var log = new LoggedEvents(run);
        var found = new List<string>();
        foreach (var check in Checks)
        {
            var wrong = check.Check(run, log).Take(Counted).ToList();
            found.AddRange(wrong.Take(Told));
            if (wrong.Count > Told)
            {
                found.Add($"… and {wrong.Count - Told} more against the rule that {check.Rule}.");
            }
        }

        return found;
    }
}
