using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
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

    public IReflexBuilder AddTo(IReflexBuilder reflex)
    {
        var services = reflex.Services;
        services.AddSingleton<IGrainDirectoryResolver>(_ => new View(this));
        services.AddSingleton<PlacementStrategy, RandomPlacement>();
        services.AddPlacementDirector<RandomPlacement, LocalPlacement>();

        // What a silo remembers would hide what it is told.
        services.Configure<GrainDirectoryOptions>(options => options.CachingStrategy = GrainDirectoryOptions.CachingStrategyType.None);
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
