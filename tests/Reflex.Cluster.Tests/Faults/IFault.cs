namespace Reflex.Cluster.Tests.Faults;

/// <summary>Something that is done to the cluster.</summary>
internal interface IFault
{
    FaultKind Kind { get; }

    /// <summary>Does it, and undoes what doesn't pass by itself.</summary>
    Task RunAsync(FaultScene scene, CancellationToken cancellationToken);
}
