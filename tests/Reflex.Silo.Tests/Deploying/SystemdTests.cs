using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Reflex.Silo.Tests.Support;
using Reflex.Tests.Shared;

namespace Reflex.Silo.Tests.Deploying;

/// <summary>The unit in <c>deploy/systemd</c>.</summary>
public sealed class SystemdTests
{
    private static readonly string Unit = Repository.PathOf("deploy", "systemd", "reflex.service");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Unit_ReadBySystemd_HasNoFault()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/systemd-analyze"), "systemd-analyze isn't there.");
        using var analyze = Process.Start(new ProcessStartInfo("systemd-analyze", ["verify", "--man=no", Unit])
        {
            RedirectStandardError = true,
        })!;
        var errors = await analyze.StandardError.ReadToEndAsync(Token);
        await analyze.WaitForExitAsync(Token);

        Assert.DoesNotContain(errors.Split('\n'), line => line.Contains("reflex.service", StringComparison.Ordinal));
    }

    [Fact]
    public void Unit_ByItsSettings_GivesAStopItsTime()
    {
        var unit = File.ReadAllText(Unit);
        var environment = Line("Environment").Matches(unit)
            .SelectMany(line => line.Groups[1].Value.Split(' '))
            .Select(one => one.Split('=', 2));

        DeployedSettings.Require(environment.Select(one => KeyValuePair.Create(one[0], one[1])));
        Assert.True(int.Parse(Line("TimeoutStopSec").Match(unit).Groups[1].Value, CultureInfo.InvariantCulture) > 30);
    }

    /// <summary>As systemd does: the program is told of a socket, and says there that it serves, and that it stops.</summary>
    [Fact]
    public async Task Silo_StartedAsTheUnitDoes_TellsWhenItServesAndWhenItStops()
    {
        var folder = Directory.CreateTempSubdirectory("reflex-silo-").FullName;
        var path = Path.Combine(folder, "notify");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));

        // The silo takes only that as started by systemd whose parent has its name.
        var parent = Path.Combine(folder, "systemd");
        await File.WriteAllTextAsync(
            parent, "#!/bin/bash\nNOTIFY_SOCKET=$1 \"${@:2}\" &\ntrap \"kill -TERM $!\" TERM\nwait $!; wait $!; exit $?\n", Token);
        using (var chmod = Process.Start("chmod", ["+x", parent]))
        {
            await chmod.WaitForExitAsync(Token);
        }

        var arguments = Line("ExecStart").Match(await File.ReadAllTextAsync(Unit, Token)).Groups[1].Value.Split(' ')[2..];
        await using var silo = StockSilo.LaunchBy(
            [parent, path, "dotnet", Running.DllOf("silo"), .. arguments], folder, Ports.Free(4));

        Assert.Equal("READY=1", await ReceiveAsync(socket));
        await silo.Process.PrintsAsync("Access: everybody");
        Assert.All(
            silo.Process.Printed.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Matches(@"^<[0-7]>", line));
        silo.Process.Signal("TERM");
        Assert.Equal("STOPPING=1", await ReceiveAsync(socket));
        Assert.Equal(0, await silo.Process.EndsAsync());
    }

    private static async Task<string> ReceiveAsync(Socket socket)
    {
        var buffer = new byte[256];
        var length = await socket.ReceiveAsync(buffer, Token);
        return Encoding.UTF8.GetString(buffer, 0, length).Trim();
    }

    private static Regex Line(string key) => new($"^{key}=(.*)$", RegexOptions.Multiline);
}
