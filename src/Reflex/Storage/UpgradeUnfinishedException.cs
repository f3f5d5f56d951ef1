using Reflex.Streams;

namespace Reflex.Storage;

/// <summary>
/// An append has what some silos of the cluster can't read yet, since they run an older version. Nothing of it is or will be in the log.
/// </summary>
public sealed class UpgradeUnfinishedException : ReflexException
{
    /// <summary>What clients know it by.</summary>
    public static ErrorCode ToldAs { get; } = new("upgrade-unfinished", ErrorKind.Unavailable, "Cluster not upgraded");

    /// <inheritdoc cref="UpgradeUnfinishedException"/>
    /// <param name="partition">The partition that was to be appended to.</param>
    /// <param name="olderSilos">How many of the cluster's silos can't read it.</param>
    /// <param name="silos">How many silos there are.</param>
    public UpgradeUnfinishedException(PartitionId partition, int olderSilos, int silos)
        : base(
            $"The append to {partition} has events with keys, and {olderSilos} of {silos} silos can't read keys yet: finish the upgrade "
            + "of the cluster first. Nothing was appended.",
            isTransient: true)
    {
        SetFact("partition", partition.ToString());
        SetFact("olderSilos", olderSilos);
        SetFact("silos", silos);
    }

    /// <inheritdoc/>
    public override ErrorCode Code => ToldAs;

    /// <inheritdoc/>
    public override ErrorFacts Facts => Partition.ToFacts().With("olderSilos", OlderSilos).With("silos", Silos);

    /// <summary>The partition that was to be appended to.</summary>
    public PartitionId Partition => PartitionId.Parse(GetText("partition"));

    /// <summary>How many of the cluster's silos can't read the append.</summary>
    public int OlderSilos => (int)GetNumber("olderSilos");

    /// <summary>How many silos there were.</summary>
    public int Silos => (int)GetNumber("silos");

    internal static UpgradeUnfinishedException Of(RemoteError error) =>
        new(PartitionId.In(error.Facts), error.Facts.Amount("olderSilos"), error.Facts.Amount("silos"));
}
