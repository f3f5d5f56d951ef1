namespace Reflex.Cluster.Tests.Faults;

/// <summary>SIGKILL of a silo. It comes back at once, as after a crash.</summary>
internal sealed class SiloKill : IFault
{
    public FaultKind Kind => FaultKind.SiloKilled;

    public async Task RunAsync(FaultScene scene, CancellationToken cancellationToken)
    {
        var silo = scene.Pick();
        await silo.KillAsync();
        scene.Mark();
        silo.Start();
    }
}
