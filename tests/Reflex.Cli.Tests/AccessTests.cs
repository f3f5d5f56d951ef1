using System.Security.Cryptography;
using System.Text;
using Reflex.Cli.Tests.Support;
using Reflex.Silo.Tests.Support;

namespace Reflex.Cli.Tests;

public sealed class AccessTests
{
    private const string Key = "a long and random key for the tests of the tool";

    [Fact]
    public async Task Run_AgainstAClusterWithAccessOn_MayWhatItsKeyMay()
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Key)));
        await using var silo = await StockSilo.StartAsync(
            null,
            $"--Reflex:Access:ApiKeys:shop:0={hash}",
            "--Reflex:Access:Policies:shop:Who:0=key:shop",
            "--Reflex:Access:Policies:shop:Streams:0=demo",
            "--Reflex:Access:Policies:shop:May:0=append");

        string[] append = ["append", "demo", "--type", "1", "--foreign-id", "42"];
        (await RunAsync([.. append, "--api-key", Key])).Done();
        var forbidden = (await RunAsync("stream", "demo", "--to-head", "--api-key", Key)).Sentence(ExitCodes.Failed);
        var wrong = (await RunAsync([.. append, "--api-key", "wrong"])).Sentence(ExitCodes.Failed);
        (await RunAsync(append)).Sentence(ExitCodes.Failed);

        Assert.Contains("'key:shop' may not", forbidden, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", wrong, StringComparison.Ordinal);

        Task<Tool> RunAsync(params string[] arguments) => Tool.RunAsync([.. arguments, "--server", silo.GrpcUrl]);
    }
}
