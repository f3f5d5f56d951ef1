using Reflex.Cluster.Tests.History;

namespace Reflex.Cluster.Tests.Checking;

internal sealed class OnceCheck : ICheck
{
    public string Rule => "what was appended, acknowledged or not, is there at most once, and nothing else is there";

    public IEnumerable<string> Check(RecordedRun run, LoggedEvents log)
    {
        var begun = new Dictionary<int, long>();
        foreach (var (identity, _) in run.Answers)
        {
            begun[identity.Appender] = Math.Max(begun.GetValueOrDefault(identity.Appender), identity.Number + 1);
        }

        return log.Repeats.Concat(
            from identity in log.All
            where identity.Number < 0 || identity.Number >= begun.GetValueOrDefault(identity.Appender)
            select $"Event {identity} is in the log, and nobody has appended it.");
    }
}
