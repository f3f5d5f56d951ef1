using Reflex.Cluster.Tests.Cluster;

namespace Reflex.Cluster.Tests.Faults;

/// <summary>
/// The network between a silo and the others, or PostgreSQL, or both, carries nothing for a while, and then what it didn't carry. Clients
/// still reach the silo.
/// </summary>
/// <param name="kind">Which.</param>
internal sealed class SiloCut(FaultKind kind) : IFault
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(6);

    public FaultKind Kind => kind;

    private bool IsFromSilos => kind is FaultKind.CutFromSilos or FaultKind.CutOff;

    private bool IsFromPostgres => kind is FaultKind.CutFromPostgres or FaultKind.CutOff;

    public async Task RunAsync(FaultScene scene, CancellationToken cancellationToken)
    {
        var silo = scene.Pick();
        var isLong = IsFromSilos && scene.Random.Next(3) > 0;
        Close(silo);
        try
        {
            scene.Mark();
            if (isLong)
            {
                await DeathAsync(scene, cancellationToken);
            }
            else
            {
                await scene.LastAsync(Shortest, IsFromSilos ? Short : Longest, cancellationToken);
            }
        }
        finally
        {
            silo.Links.Open();
            silo.PostgresGate.Open();
        }

        if (!isLong)
        {
            // A silo that isn't dead holds what is its: nobody else may go on before.
            scene.Mark();
        }
    }

    private static async Task DeathAsync(FaultScene scene, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        await scene.Cluster.Membership.WaitForAnyAsync(scene.Addresses(), SiloStatus.Dead, limit.Token);
    }

    private void Close(SiloSlot silo)
    {
        if (IsFromSilos)
        {
            silo.Links.Close();
        }

        if (IsFromPostgres)
        {
            silo.PostgresGate.Close();
        }
    }
}
