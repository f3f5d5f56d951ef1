using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Reflex.Orleans.Tests.Hosting;

/// <summary>When a silo counts as dead.</summary>
public sealed class MembershipDefaultsTests
{
    [Fact]
    public void Membership_NotConfigured_KnowsASiloAsDeadInSeconds()
    {
        var options = Read<ClusterMembershipOptions>(_ => { }, _ => { });

        Assert.Equal(TimeSpan.FromMilliseconds(800), options.ProbeTimeout);
        Assert.Equal(TimeSpan.FromMilliseconds(800), options.MaxProbeTimeout);
        Assert.Equal(TimeSpan.FromSeconds(5), options.IAmAliveTablePublishTimeout);
        Assert.Equal(TimeSpan.FromSeconds(5), options.TableRefreshTimeout);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Membership_ConfiguredByTheApplication_IsAsItSays(bool isBefore)
    {
        var slow = Configure(options =>
        {
            options.ProbeTimeout = TimeSpan.FromSeconds(5);
            options.MaxProbeTimeout = TimeSpan.FromSeconds(20);
            options.TableRefreshTimeout = TimeSpan.FromSeconds(60);
        });
        var options = isBefore ? Read<ClusterMembershipOptions>(slow, _ => { }) : Read<ClusterMembershipOptions>(_ => { }, slow);

        Assert.Equal(TimeSpan.FromSeconds(5), options.ProbeTimeout);
        Assert.Equal(TimeSpan.FromSeconds(20), options.MaxProbeTimeout);
        Assert.Equal(TimeSpan.FromSeconds(60), options.TableRefreshTimeout);
        Assert.Equal(TimeSpan.FromSeconds(5), options.IAmAliveTablePublishTimeout);
    }

    [Fact]
    public void Membership_WithALongerProbeOnly_HasALongestOneThatFitsIt()
    {
        var options = Read<ClusterMembershipOptions>(Configure(options => options.ProbeTimeout = TimeSpan.FromSeconds(3)), _ => { });

        Assert.Equal(TimeSpan.FromSeconds(3), options.MaxProbeTimeout);
    }

    /// <summary>Orleans waits for the end of a grain as long as that may drain, and longer.</summary>
    [Theory]
    [InlineData(20, 30)]
    [InlineData(120, 130)]
    public void Deactivation_WithADrainTimeout_HasThatAndMore(int drain, int expected)
    {
        var options = Read<GrainCollectionOptions>(
            silo => silo.Services.Configure<ReflexOptions>(reflex => reflex.DrainTimeout = TimeSpan.FromSeconds(drain)), _ => { });

        Assert.Equal(TimeSpan.FromSeconds(expected), options.DeactivationTimeout);
    }

    /// <summary>The silos' own calls, as those that ask where a grain is.</summary>
    [Fact]
    public void SystemCalls_NotConfigured_AreLostForSecondsOnly()
    {
        Assert.Equal(TimeSpan.FromSeconds(10), Read<SiloMessagingOptions>(_ => { }, _ => { }).SystemResponseTimeout);
        Action<ISiloBuilder> own = silo => silo.Configure<SiloMessagingOptions>(
            options => options.SystemResponseTimeout = TimeSpan.FromSeconds(25));
        Assert.Equal(TimeSpan.FromSeconds(25), Read<SiloMessagingOptions>(own, _ => { }).SystemResponseTimeout);
    }

    private static Action<ISiloBuilder> Configure(Action<ClusterMembershipOptions> configure) => silo => silo.Configure(configure);

    private static T Read<T>(Action<ISiloBuilder> before, Action<ISiloBuilder> after)
        where T : class
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.UseOrleans(silo =>
        {
            before(silo.UseLocalhostClustering());
            after(silo.AddReflex(_ => { }));
        });
        using var host = builder.Build();
        return host.Services.GetRequiredService<IOptions<T>>().Value;
    }
}
