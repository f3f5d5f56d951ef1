namespace Reflex.Cluster.Tests.Faults;

/// <summary>What is done to the cluster.</summary>
internal enum FaultKind
{
    /// <summary>Nothing: how long it takes when all is well.</summary>
    None,

    SiloKilled,
    SiloFrozen,
    SiloStopped,
    AllKilled,
    AllMoved,
    PostgresRestarted,
    PostgresKilled,
    ConnectionsTerminated,
    CutFromSilos,
    CutFromPostgres,
    CutOff,
    ClockWrong,

    /// <summary>A silo has ended itself, when nothing was done to it.</summary>
    SiloEnded,
}
