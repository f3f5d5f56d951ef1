using Reflex.Cluster.Tests.History;

namespace Reflex.Cluster.Tests.Checking;

/// <summary>Something that holds in every run.</summary>
internal interface ICheck
{
    /// <summary>What holds.</summary>
    string Rule { get; }

    /// <summary>Where it doesn't, each a sentence.</summary>
    IEnumerable<string> Check(RecordedRun run, LoggedEvents log);
}
