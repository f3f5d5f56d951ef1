using System.Collections.Frozen;
using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Metadata;
using Orleans.Runtime.MembershipService.SiloMetadata;
using Reflex.Consumers;

namespace Reflex.Orleans.Catalog;

/// <summary>Which consumers the silos of the cluster can run, as each has published it in its metadata. Thread-safe.</summary>
/// <remarks>Of another silo it is known a moment after the silo has joined; of the own one at once.</remarks>
internal sealed class PublishedConsumers(
    ConsumerRegistry own,
    GrainTypeResolver grainTypes,
    ISiloMetadataCache metadata,
    IClusterMembershipService membership,
    ILocalSiloDetails local,
    [FromKeyedServices(ReflexClock.Name)] TimeProvider timeProvider)
{
    private const string KeyPrefix = "reflex.consumer/";

    // Others tell within a moment. One that never does is a silo without Reflex.
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(30);

    private volatile FrozenDictionary<SiloAddress, long> _silentSince = FrozenDictionary<SiloAddress, long>.Empty;
    private volatile Snapshot? _snapshot;
    private FrozenDictionary<ConsumerId, string>? _own;

    /// <summary>Each consumer that some silo can run, and the types of its grains: several while silos are being replaced.</summary>
    public IReadOnlyDictionary<ConsumerId, ImmutableArray<string>> All => Current().Consumers;

    /// <summary>Whether every silo has told what it can run, or has had the time for it.</summary>
    public bool IsComplete
    {
        get
        {
            var now = timeProvider.GetTimestamp();
            var before = _silentSince;
            var silent = Others()
                .Where(silo => metadata.GetSiloMetadata(silo).Metadata.Count == 0)
                .ToFrozenDictionary(silo => silo, silo => before.GetValueOrDefault(silo, now));
            _silentSince = silent;
            return silent.Values.All(since => timeProvider.GetElapsedTime(since, now) >= LongestSilence);
        }
    }

    /// <summary>What this silo publishes.</summary>
    public IEnumerable<KeyValuePair<string, string>> Publish() =>
        Own().Select(consumer => KeyValuePair.Create(KeyOf(consumer.Key), consumer.Value));

    /// <summary>What this silo can run, and the types of its grains.</summary>
    public IReadOnlyDictionary<ConsumerId, string> OfThisSilo => Own();

    /// <summary>The types of the grains that run a consumer; none when no silo can.</summary>
    public ImmutableArray<string> GrainTypesOf(ConsumerId consumer) =>
        Current().Consumers.TryGetValue(consumer, out var types) ? types : [];

    /// <summary>Whether grains of a type run a consumer.</summary>
    public bool IsConsumer(GrainType type) => Current().GrainTypes.Contains(type);

    /// <summary>Whether a silo has a consumer run by grains of a type.</summary>
    public bool CanRun(SiloAddress silo, ConsumerId consumer, GrainType grainType) => silo.Equals(local.SiloAddress)
        ? Own().TryGetValue(consumer, out var ownType) && ownType == grainType.ToString()
        : metadata.GetSiloMetadata(silo).Metadata.TryGetValue(KeyOf(consumer), out var type) && type == grainType.ToString();

    private static string KeyOf(ConsumerId consumer) => $"{KeyPrefix}{consumer}";

    private FrozenDictionary<ConsumerId, string> Own() =>
        _own ??= own.All.ToFrozenDictionary(consumer => consumer.Id, consumer => grainTypes.GetGrainType(consumer.GrainClass).ToString()!);

    private IEnumerable<SiloAddress> Others() => membership.CurrentSnapshot.Members.Values
        .Where(member => member.Status == SiloStatus.Active && !member.SiloAddress.Equals(local.SiloAddress))
        .Select(member => member.SiloAddress);

    /// <summary>What is known now; made anew when silos came or went, or have told what they can run.</summary>
    private Snapshot Current()
    {
        var others = Others().Order().Select(metadata.GetSiloMetadata).ToArray();
        if (_snapshot is { } known && known.Others.AsSpan().SequenceEqual(others, ReferenceEqualityComparer.Instance))
        {
            return known;
        }

        var published = others
            .SelectMany(silo => silo.Metadata.Where(pair => pair.Key.StartsWith(KeyPrefix, StringComparison.Ordinal)))
            .Select(pair => (Id: ConsumerId.Parse(pair.Key[KeyPrefix.Length..]), Type: pair.Value))
            .Concat(Own().Select(consumer => (Id: consumer.Key, Type: consumer.Value)))
            .GroupBy(consumer => consumer.Id, consumer => consumer.Type)
            .ToFrozenDictionary(
                consumer => consumer.Key, consumer => consumer.Distinct().Order(StringComparer.Ordinal).ToImmutableArray());
        var types = published.Values.SelectMany(types => types).Distinct().Select(GrainType.Create).ToFrozenSet();
        return _snapshot = new Snapshot(others, published, types);
    }

    private sealed record Snapshot(
        SiloMetadata[] Others, FrozenDictionary<ConsumerId, ImmutableArray<string>> Consumers, FrozenSet<GrainType> GrainTypes);
}
