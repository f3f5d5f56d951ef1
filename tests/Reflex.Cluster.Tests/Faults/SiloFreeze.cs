namespace Reflex.Cluster.Tests.Faults;

/// <summary>SIGSTOP of a silo until the others have declared it dead, and SIGCONT: it must find that out, and end.</summary>
internal sealed class SiloFreeze : IFault
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    public FaultKind Kind => FaultKind.SiloFrozen;

    public async Task RunAsync(FaultScene scene, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        if (scene.Pick().Process is not { Address: { } address } process)
        {
            return;
        }

        process.Signal("STOP");
        scene.Mark();
        try
        {
            await scene.Cluster.Membership.WaitForAnyAsync([address], SiloStatus.Dead, limit.Token);
        }
        finally
        {
            process.Signal("CONT");
        }

        await process.Exited.WaitAsync(limit.Token);
    }
}
