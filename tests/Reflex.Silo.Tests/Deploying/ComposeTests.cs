using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Reflex.Silo.Tests.Support;
using Reflex.Tests.Shared;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace Reflex.Silo.Tests.Deploying;

/// <summary>The three silos of <c>deploy/compose</c>, without containers: by their settings, each at an address of its own.</summary>
public sealed partial class ComposeTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Silos_WithTheirSettings_AreACluster()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("reflex-silo-").FullName, "connection-string");
        await File.WriteAllTextAsync(file, await server.CreateDatabaseAsync(), Token);
        await using var silo0 = await StartAsync("silo0", file);
        await using var silo1 = await StartAsync("silo1", file);
        await using var silo2 = await StartAsync("silo2", file);
        await silo2.Process.PrintsAsync("one of 3 silos of the cluster");

        using var defined = await silo0.Client.PutAsJsonAsync("/streams/orders", new { partitions = 6 }, Token);
        using var appended = await silo1.Client.PostAsJsonAsync("/streams/orders/events", new { type = 1, foreignId = "42" }, Token);
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created), (defined.StatusCode, appended.StatusCode));
        Assert.Contains("42", await silo2.Client.GetStringAsync("/streams/orders/events?toHead=true", Token), StringComparison.Ordinal);
    }

    [Fact]
    public void Services_OfTheFile_FitTogether()
    {
        var compose = Read();
        var services = Of(compose, "services");
        var silos = services.Where(service => ((string)service.Key).StartsWith("silo", StringComparison.Ordinal)).ToList();

        Assert.Equal(3, silos.Count);
        Assert.All(silos, silo =>
        {
            var settings = Environment((string)silo.Key);
            DeployedSettings.Require(settings);
            var network = Of(silo.Value, "networks", "cluster");
            Assert.Equal(settings["Orleans__Endpoints__AdvertisedIPAddress"], network["ipv4_address"]);
            Assert.All(
                (List<object>)Of(services, (string)silo.Key)["ports"],
                port => Assert.StartsWith("127.0.0.1:", (string)port, StringComparison.Ordinal));
            Assert.True(File.Exists(Repository.PathOf((string)Of(silo.Value, "build")["dockerfile"])));
        });
        var secrets = Of(compose, "secrets");
        Assert.All(
            secrets.Values, secret => Assert.True(File.Exists(Repository.PathOf("deploy", "compose", (string)Of(secret)["file"]))));
        Assert.EndsWith(
            $"Password={Repository.Read("deploy", "compose", "password")}",
            Repository.Read("deploy", "compose", "connection-string"),
            StringComparison.Ordinal);
    }

    private static async Task<StockSilo> StartAsync(string name, string connectionString)
    {
        var settings = Environment(name);
        settings["Reflex__Postgres__ConnectionStringFile"] = connectionString;

        // The last digits stay what they are, on this machine.
        var address = LastPart().Replace(settings["Orleans__Endpoints__AdvertisedIPAddress"], "127.30.77$1");
        settings["Orleans__Endpoints__AdvertisedIPAddress"] = address;
        return await StockSilo.StartAsync(null, [.. DeployedSettings.Arguments(settings)]);
    }

    private static Dictionary<string, string> Environment(string silo) =>
        Of(Read(), "services", silo, "environment").ToDictionary(variable => (string)variable.Key, variable => (string)variable.Value);

    private static Dictionary<object, object> Read() => new DeserializerBuilder().Build().Deserialize<Dictionary<object, object>>(
        new MergingParser(new Parser(new StringReader(Repository.Read("deploy", "compose", "compose.yaml")))));

    private static Dictionary<object, object> Of(object node, params string[] path) =>
        path.Aggregate((Dictionary<object, object>)node, (below, name) => (Dictionary<object, object>)below[name]);

    [GeneratedRegex(@"^.*(\.\d+)$")]
    private static partial Regex LastPart();
}
