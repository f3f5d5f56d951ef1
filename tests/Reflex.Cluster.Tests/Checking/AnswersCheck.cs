using Reflex.Cluster.Tests.History;

namespace Reflex.Cluster.Tests.Checking;

internal sealed class AnswersCheck : ICheck
{
    public string Rule => "every acknowledged append is there with the id that was answered";

    public IEnumerable<string> Check(RecordedRun run, LoggedEvents log) =>
        from answer in run.Answers
        from answered in answer.Position is { } position ? new[] { position } : []
        where log.Find(answered.Partition, answered.Id.Value) != answer.Identity
        let found = log.Find(answer.Identity)
        select $"Event {answer.Identity} was acknowledged as {answered.Partition}/{answered.Id}, "
            + (found is { } place ? $"and is {place.Partition}/{place.Id}." : "and is lost.");
}
