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
        var options = Read(_ => { }, _ => { });

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
        var options = isBefore ? Read(slow, _ => { }) : Read(_ => { }, slow);

        Assert.Equal(TimeSpan.FromSeconds(5), options.ProbeTimeout);
        Assert.Equal(TimeSpan.FromSeconds(20), options.MaxProbeTimeout);
        Assert.Equal(TimeSpan.FromSeconds(60), options.TableRefreshTimeout);
        Assert.Equal(TimeSpan.FromSeconds(5), options.IAmAliveTablePublishTimeout);
    }

    [Fact]
    public void Membership_WithALongerProbeOnly_HasALongestOneThatFitsIt()
    {
        var options = Read(Configure(options => options.ProbeTimeout = TimeSpan.FromSeconds(3)), _ => { });

        Assert.Equal(TimeSpan.FromSeconds(3), options.MaxProbeTimeout);
    }

    private static Action<ISiloBuilder> Configure(Action<ClusterMembershipOptions> configure) => silo => silo.Configure(configure);

    private static ClusterMembershipOptions Read(Action<ISiloBuilder> before, Action<ISiloBuilder> after)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.UseOrleans(silo =>
        {
            before(silo.UseLocalhostClustering());
            after(silo.AddReflex(_ => { }));
        });
        using var host = builder.Build();
        return host.Services.GetRequiredService<IOptions<ClusterMembershipOptions>>().Value;
    }
}
