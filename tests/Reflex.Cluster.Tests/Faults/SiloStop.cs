namespace Reflex.Cluster.Tests.Faults;

/// <summary>SIGTERM of a silo, which hands over and ends; and its start.</summary>
internal sealed class SiloStop : IFault
{
    public FaultKind Kind => FaultKind.SiloStopped;

    public async Task RunAsync(FaultScene scene, CancellationToken cancellationToken)
    {
        var silo = scene.Pick();
        await silo.StopAsync();
        scene.Mark();
        silo.Start();
    }
}
