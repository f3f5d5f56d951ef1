using Reflex.Cluster.Tests.History;

namespace Reflex.Cluster.Tests.Checking;

internal sealed class IdsCheck : ICheck
{
    public string Rule => "ids are 1, 2, 3, … without a gap";

    public IEnumerable<string> Check(RecordedRun run, LoggedEvents log) => log.Gaps;
}
