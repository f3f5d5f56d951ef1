using Reflex.Silo.Tests.Support;

namespace Reflex.Silo.Tests;

/// <summary>Clients whose network goes away without a word.</summary>
public sealed class LostNetworkTests
{
    [Fact]
    public async Task Stream_NetworkIsGone_IsNoticedForEveryKindOfStream()
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && await HasNetworksAsync(), "needs unshare, ip and ss, allowed to make a network");
        var script = Path.Combine(AppContext.BaseDirectory, "Support", "lost-network.sh");
        await using var run = Running.Start(
            "unshare",
            Path.GetTempPath(),
            "-rn",
            "bash",
            script,
            Running.DllOf("silo"),
            Running.DllOf("src/Reflex.Cli"));

        await run.PrintsAsync("The silo has noticed it of every client.");
    }

    private static async Task<bool> HasNetworksAsync()
    {
        try
        {
            await using var tried = Running.Start("unshare", Path.GetTempPath(), "-rn", "bash", "-c", "ip link set lo up && ss -Htn");
            return await tried.EndsAsync() == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
