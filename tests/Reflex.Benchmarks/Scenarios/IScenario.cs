namespace Reflex.Benchmarks.Scenarios;

/// <summary>A set of figures that are measured together.</summary>
internal interface IScenario
{
    /// <summary>Its name on the command line.</summary>
    string Name { get; }

    /// <summary>What it measures, in a few words.</summary>
    string Description { get; }

    Task RunAsync(Run run, CancellationToken cancellationToken);
}
