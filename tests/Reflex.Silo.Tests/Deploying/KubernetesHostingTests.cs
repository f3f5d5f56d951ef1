using Reflex.Silo.Tests.Support;
using Reflex.Tests.Shared;

namespace Reflex.Silo.Tests.Deploying;

/// <summary>Silos in pods, of whose Kubernetes there is only what they ask for.</summary>
public sealed class KubernetesHostingTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    [Fact]
    public async Task Silo_WhosePodIsGone_IsDeadForTheOthers()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "needs to be root on Linux, to mount files");
        var database = await server.CreateDatabaseAsync();
        await using var kubernetes = await FakeKubernetes.StartAsync();
        await using var stays = Launch(kubernetes, database, "reflex-a");
        await stays.Process.PrintsAsync("one of 1 silos of the cluster reflex, service reflex, at 127.0.0.1:");
        await using var gone = Launch(kubernetes, database, "reflex-b");
        await gone.Process.PrintsAsync("one of 2 silos of the cluster reflex");

        kubernetes.Remove("reflex-b");
        await using var comes = Launch(kubernetes, database, "reflex-c");

        Assert.Equal(3, await gone.Process.EndsAsync());
        Assert.Contains("Reflex ends at once, and has to be started again", gone.Process.Errors, StringComparison.Ordinal);
        await comes.Process.PrintsAsync("one of 2 silos of the cluster reflex");
    }

    private static StockSilo Launch(FakeKubernetes kubernetes, string database, string pod)
    {
        kubernetes.Add(pod);
        var script = Path.Combine(AppContext.BaseDirectory, "Support", "kubernetes.sh");
        return StockSilo.LaunchBy(
            [
                "unshare", "--mount", "bash", script, kubernetes.Account, "env", .. kubernetes.VariablesOf(pod),
                "dotnet", Running.DllOf("silo"),
            ],
            Directory.CreateTempSubdirectory("reflex-silo-").FullName,
            Ports.Free(4),
            "--Reflex:Kubernetes=true",
            "--Reflex:Storage=Postgres",
            $"--Reflex:Postgres:ConnectionString={database}",
            "--Reflex:Access:AllowOrleansFromOtherMachines=true");
    }
}
