using System.Globalization;
using Microsoft.Extensions.Options;
using Orleans.Runtime.MembershipService.SiloMetadata;
using Reflex.Storage;
using Reflex.Streams;

namespace Reflex.Orleans.Catalog;

/// <summary>
/// Which batches the silos of the cluster take, as each has published it in its metadata: an older one that opened a log with keys would
/// misread them. Thread-safe.
/// </summary>
/// <remarks>Of another silo it is known a moment after the silo has joined. Until then it takes what the oldest programs do.</remarks>
internal sealed class PublishedForms(
    IOptions<SiloMetadata> own, ISiloMetadataCache metadata, IClusterMembershipService membership, ILocalSiloDetails local)
{
    private const string Key = "reflex.batch-form";

    private volatile ClusterMembershipSnapshot? _takingKeys;

    /// <summary>What this program publishes.</summary>
    public static KeyValuePair<string, string> Published { get; } =
        new(Key, BatchForm.Newest.ToString(CultureInfo.InvariantCulture));

    /// <summary>Refuses an append of events with keys while a silo doesn't take them.</summary>
    /// <exception cref="UpgradeUnfinishedException">One doesn't.</exception>
    public void RequireKeys(PartitionId partition)
    {
        // What a silo has published stays, so that only other members may change the answer.
        var members = membership.CurrentSnapshot;
        if (ReferenceEquals(members, _takingKeys))
        {
            return;
        }

        var living = members.Members.Values
            .Where(member => member.Status is SiloStatus.Active or SiloStatus.ShuttingDown or SiloStatus.Stopping)
            .ToList();
        var older = living.Count(member => FormOf(member.SiloAddress) < BatchForm.KeysAndPicked);
        if (older > 0)
        {
            throw new UpgradeUnfinishedException(partition, older, living.Count);
        }

        _takingKeys = members;
    }

    private int FormOf(SiloAddress silo)
    {
        var published = silo.Equals(local.SiloAddress) ? own.Value : metadata.GetSiloMetadata(silo);
        return published.Metadata.TryGetValue(Key, out var text) && int.TryParse(text, CultureInfo.InvariantCulture, out var form)
            ? form
            : BatchForm.Plain;
    }
}
