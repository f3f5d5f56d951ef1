namespace Reflex.Cluster.Tests.Faults;

/// <summary>SIGKILL of all silos at once, which come back: where they were, or on other addresses and ports.</summary>
/// <param name="moves">Whether they come back elsewhere.</param>
internal sealed class AllKill(bool moves) : IFault
{
    public FaultKind Kind => moves ? FaultKind.AllMoved : FaultKind.AllKilled;

    public async Task RunAsync(FaultScene scene, CancellationToken cancellationToken)
    {
        var silos = scene.Cluster.Slots;
        await Task.WhenAll(silos.Select(silo => silo.KillAsync()));
        scene.Mark();
        foreach (var silo in silos)
        {
            if (moves)
            {
                await silo.MoveAsync();
            }

            silo.Start();
        }
    }
}
