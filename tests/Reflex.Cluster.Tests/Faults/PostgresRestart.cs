namespace Reflex.Cluster.Tests.Faults;

/// <summary>PostgreSQL is restarted, or killed and started again.</summary>
/// <param name="kills">Whether it is killed.</param>
internal sealed class PostgresRestart(bool kills) : IFault
{
    public FaultKind Kind => kills ? FaultKind.PostgresKilled : FaultKind.PostgresRestarted;

    public async Task RunAsync(FaultScene scene, CancellationToken cancellationToken)
    {
        await scene.Cluster.RestartPostgresAsync(kills);
        scene.Mark();
    }
}
