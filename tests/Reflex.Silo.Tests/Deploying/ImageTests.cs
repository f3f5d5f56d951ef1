using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Reflex.Silo.Tests.Support;
using Reflex.Tests.Shared;

namespace Reflex.Silo.Tests.Deploying;

/// <summary>What goes into the image, built by its own steps and run as a container runs it.</summary>
public sealed partial class ImageTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Image_RunAsAContainer_ServesIsHealthyAndStopsInOrder()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "needs to be root on Linux, to be another user");
        var app = Directory.CreateTempSubdirectory("reflex-image-").FullName;
        await using (var build = Running.Start("bash", app, Repository.PathOf("deploy", "image", "build.sh"), app))
        {
            Assert.True(await build.EndsAsync() == 0, build.Printed);
        }

        var data = Directory.CreateTempSubdirectory("reflex-image-").FullName;
        var image = Repository.Read("deploy", "image", "Dockerfile");
        var user = User().Match(image).Groups[1].Value;
        using (var chown = Process.Start("bash", ["-c", $"chown {user}:{user} '{data}' && chmod 755 '{app}'"]))
        {
            await chown.WaitForExitAsync(Token);
        }

        var ports = Ports.Free(4);
        string[] variables =
        [
            .. Variable().Matches(image).Select(match => match.Groups[1].Value),
            $"Kestrel__Endpoints__Http__Url=http://0.0.0.0:{ports[0]}", $"Kestrel__Endpoints__Grpc__Url=http://0.0.0.0:{ports[1]}",
            $"Orleans__Endpoints__SiloPort={ports[2]}", $"Orleans__Endpoints__GatewayPort={ports[3]}", "Reflex__DataPath=/mnt/data/silo",
        ];
        await using (var refused = Start(app, data, user, variables))
        {
            Assert.Equal(1, await refused.EndsAsync());
            Assert.Contains("nothing says who may do what: set ApiKeys, Jwt or Certificates", refused.Errors, StringComparison.Ordinal);
        }

        Assert.Equal(1, await HealthAsync(app, ports[0]));
        await using var silo = Start(app, data, user, [.. variables, "Reflex__Access__AllowAnonymous=true"]);
        await silo.PrintsAsync("Access: whoever reaches it may do everything");
        Assert.Equal(0, await HealthAsync(app, ports[0]));
        using var client = new HttpClient { BaseAddress = new UriBuilder(Uri.UriSchemeHttp, "127.0.0.1", ports[0]).Uri };
        Assert.Equal("""{"streams":[]}""", await client.GetStringAsync("/streams", Token));
        using var defined = await client.PutAsJsonAsync("/streams/orders", new { partitions = 1 }, Token);
        using var appended = await client.PostAsJsonAsync("/streams/orders/events", new { type = 1, foreignId = "42" }, Token);
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created), (defined.StatusCode, appended.StatusCode));

        await TerminateProcessOneAsync();
        Assert.Equal(0, await silo.EndsAsync());
        Assert.True(File.Exists(Path.Combine(data, "silo", "format")));
    }

    private static Running Start(string app, string data, string user, string[] variables) => Running.Start(
        "unshare",
        app,
        [
            "--mount", "--pid", "--fork", "--kill-child", "bash", Path.Combine(AppContext.BaseDirectory, "Support", "image.sh"),
            app, data, user, .. variables,
        ]);

    private static async Task<int> HealthAsync(string app, int port)
    {
        await using var health = Running.Start(
            "dotnet", app, Path.Combine(app, "Reflex.Silo.dll"), "health", $"--Kestrel:Endpoints:Http:Url=http://0.0.0.0:{port}");
        return await health.EndsAsync();
    }

    /// <summary>Sends SIGTERM, as a container engine does, to the process that is the first one of its namespace.</summary>
    private static async Task TerminateProcessOneAsync()
    {
        using var kill = Process.Start("bash", ["-c", "kill -TERM $(pgrep --newest --full '[d]otnet /mnt/app/Reflex.Silo.dll')"]);
        await kill.WaitForExitAsync(Token);
        Assert.Equal(0, kill.ExitCode);
    }

    [GeneratedRegex(@"^USER (\d+)$", RegexOptions.Multiline)]
    private static partial Regex User();

    [GeneratedRegex(@"^ENV (\S+=\S+)$", RegexOptions.Multiline)]
    private static partial Regex Variable();
}
