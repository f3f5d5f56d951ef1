using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Reflex.Orleans.Hosting;

/// <summary>
/// Has a dead silo of one network known as dead, and replaced, within seconds; <c>deploy/RUNBOOK.md</c> says what that costs, and what
/// suits slower networks.
/// </summary>
/// <remarks>
/// What an application configures wins, wherever it does: these values are set first of all. One that is stalled for longer than
/// <see cref="Probe"/> times Orleans' limit of three missed probes is taken for dead: it ends, and the epochs keep it from doing harm.
/// </remarks>
internal static class MembershipDefaults
{
    // Orleans begins with this, and halves it where answers come fast. Its own 5 s would make a dead silo last 11 s, and one that is silent
    // while its connections stand 60 s: so long a message that came before counts as a sign of life.
    private static readonly TimeSpan Probe = TimeSpan.FromMilliseconds(800);

    // After three of them a silo counts as gone for those that have to hear from every silo before they join, and for the votes. At
    // Orleans' 30 s, silos that were all killed couldn't come back at other addresses for a minute and a half, nor could the last of three
    // go on.
    private static readonly TimeSpan IAmAlive = TimeSpan.FromSeconds(5);

    // Gossip tells in a moment; this is for whoever it doesn't reach, as a silo that stood still while it was declared dead.
    private static readonly TimeSpan TableRefresh = TimeSpan.FromSeconds(5);

    // Silos ask one another where a grain is. What a connection takes along when it ends isn't answered, and at Orleans' 30 s nobody would
    // get to that grain for so long; an answer takes milliseconds.
    private static readonly TimeSpan SystemResponse = TimeSpan.FromSeconds(10);

    public static void Add(IServiceCollection services)
    {
        services.Insert(0, ServiceDescriptor.Singleton<IConfigureOptions<SiloMessagingOptions>>(
            new ConfigureOptions<SiloMessagingOptions>(options => options.SystemResponseTimeout = SystemResponse)));
        services.Insert(0, ServiceDescriptor.Singleton<IConfigureOptions<ClusterMembershipOptions>>(
            new ConfigureOptions<ClusterMembershipOptions>(Apply)));
        services.PostConfigure<ClusterMembershipOptions>(Complete);
    }

    private static void Apply(ClusterMembershipOptions options)
    {
        options.ProbeTimeout = Probe;
        options.MaxProbeTimeout = Probe;
        options.IAmAliveTablePublishTimeout = IAmAlive;
        options.TableRefreshTimeout = TableRefresh;
    }

    /// <summary>Whoever chooses a longer probe needn't know of the longest one, without which Orleans' monitors fail.</summary>
    private static void Complete(ClusterMembershipOptions options)
    {
        if (options.MaxProbeTimeout < options.ProbeTimeout)
        {
            options.MaxProbeTimeout = options.ProbeTimeout;
        }
    }
}
