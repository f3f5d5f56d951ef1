using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Orleans.GrainDirectory;
using Orleans.Metadata;
using Orleans.Runtime.GrainDirectory;

namespace Reflex.Orleans.Tests.Support;

/// <summary>
/// The directory of some types of grains for the silos of a test, which may be split: then each silo is told of the activations in itself
/// only, and makes others beside those elsewhere, as after a network was split. Grains are placed where they are called first.
/// </summary>
/// <param name="grainTypes">The types.</param>
internal sealed class TestDirectory(params string[] grainTypes)
{
    private readonly string[] _grainTypes = grainTypes;
    private readonly Lock _lock = new();
    private readonly Dictionary<GrainId, GrainAddress> _shared = [];
    private bool _isSplit;

    private bool IsSplit
    {
        get
        {
            lock (_lock)
            {
                return _isSplit;
            }
        }
    }

    public IReflexBuilder AddTo(IReflexBuilder reflex)
    {
        var services = reflex.Services;
        services.AddSingleton<IGrainDirectoryResolver>(_ => new View(this));
        services.AddSingleton<PlacementStrategy, RandomPlacement>();
        services.AddPlacementDirector<RandomPlacement, LocalPlacement>();

        // A directory of one's own has the cache that is registered, or one that would hide the split.
        services.AddSingleton<IGrainDirectoryCache>(provider =>
            new Memory(this, provider.GetRequiredService<ILocalSiloDetails>()));
        return reflex;
    }

    /// <summary>From now on each silo knows only what is in it.</summary>
    public void Split() => SetSplit(true);

    /// <summary>From now on all silos know the activation of each grain that was made last.</summary>
    public void Heal() => SetSplit(false);

    private void SetSplit(bool isSplit)
    {
        lock (_lock)
        {
            _isSplit = isSplit;
        }
    }

    /// <summary>What a silo remembers: while the directory is split only what is in itself.</summary>
    private sealed class Memory(TestDirectory directory, ILocalSiloDetails silo) : IGrainDirectoryCache
    {
        private readonly ConcurrentDictionary<GrainId, (GrainAddress Address, int Version)> _entries = [];

        public IEnumerable<(GrainAddress ActivationAddress, int Version)> KeyValues => _entries.Values;

        public void AddOrUpdate(GrainAddress value, int version) => _entries[value.GrainId] = (value, version);

        public bool Remove(GrainId key) => _entries.TryRemove(key, out _);

        public bool Remove(GrainAddress key) => _entries.TryGetValue(key.GrainId, out var found)
            && found.Address.Matches(key)
            && _entries.TryRemove(KeyValuePair.Create(key.GrainId, found));

        public void Clear() => _entries.Clear();

        public bool LookUp(GrainId key, [NotNullWhen(true)] out GrainAddress? result, out int version)
        {
            _entries.TryGetValue(key, out var found);
            (result, version) = found;
            return result is not null && (!directory.IsSplit || silo.SiloAddress.Equals(result.SiloAddress));
        }
    }

    private sealed class View(TestDirectory directory) : IGrainDirectoryResolver, IGrainDirectory
    {
        private readonly Dictionary<GrainId, GrainAddress> _own = [];

        private Dictionary<GrainId, GrainAddress> Seen_NeedsLock => directory._isSplit ? _own : directory._shared;

        public bool TryResolveGrainDirectory(
            GrainType grainType, GrainProperties? properties, [NotNullWhen(true)] out IGrainDirectory? grainDirectory)
        {
            grainDirectory = directory._grainTypes.Contains(grainType.ToString()) ? this : null;
            return grainDirectory is not null;
        }

        public Task<GrainAddress?> Register(GrainAddress address) => Register(address, null);

        public Task<GrainAddress?> Register(GrainAddress address, GrainAddress? previousAddress)
        {
            lock (directory._lock)
            {
                if (Seen_NeedsLock.TryGetValue(address.GrainId, out var found) && found.ActivationId != previousAddress?.ActivationId)
                {
                    return Task.FromResult<GrainAddress?>(found);
                }

                directory._shared[address.GrainId] = address;
                _own[address.GrainId] = address;
                return Task.FromResult<GrainAddress?>(address);
            }
        }

        public Task Unregister(GrainAddress address)
        {
            lock (directory._lock)
            {
                Remove_NeedsLock(directory._shared, found => found.ActivationId == address.ActivationId);
                Remove_NeedsLock(_own, found => found.ActivationId == address.ActivationId);
            }

            return Task.CompletedTask;
        }

        public Task<GrainAddress?> Lookup(GrainId grainId)
        {
            lock (directory._lock)
            {
                return Task.FromResult(Seen_NeedsLock.GetValueOrDefault(grainId));
            }
        }

        public Task UnregisterSilos(List<SiloAddress> siloAddresses)
        {
            lock (directory._lock)
            {
                Remove_NeedsLock(directory._shared, found => found.SiloAddress is { } at && siloAddresses.Contains(at));
            }

            return Task.CompletedTask;
        }

        private static void Remove_NeedsLock(Dictionary<GrainId, GrainAddress> table, Predicate<GrainAddress> isGone)
        {
            foreach (var gone in table.Where(entry => isGone(entry.Value)).ToList())
            {
                table.Remove(gone.Key);
            }
        }
    }
}
