using System.ComponentModel;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Reflex.Silo.Tests.Support;
using Reflex.Tests.Shared;

namespace Reflex.Silo.Tests;

/// <summary>Every way to tell the silo to end, and the loss of the terminal that it was started on.</summary>
public sealed class StopTests
{
    private const string AllSignals = "HUP,INT,QUIT,TERM";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // Whoever runs the tests in the background, or under nohup, has some signals ignored.
    private static string[] WithSignals => ["env", $"--default-signal={AllSignals}", "dotnet", Running.DllOf("silo")];

    [Theory]
    [InlineData("HUP")]
    [InlineData("INT")]
    [InlineData("QUIT")]
    [InlineData("TERM")]
    [InlineData("TERM", "TERM")]
    [InlineData("HUP", "HUP", "TERM", "INT", "HUP")]
    [InlineData("TERM", "HUP")]
    public async Task Signal_ToASiloThatServes_IsAnOrderlyStop(params string[] signals)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "env sets signals on Linux.");
        await using var silo = await StockSilo.StartByAsync(WithSignals);
        await AppendAsync(silo);

        Array.ForEach(signals, silo.Process.Signal);

        Assert.Equal(0, await silo.Process.EndsAsync());
        Assert.Contains("The partition demo/0 is closed at head 1.", silo.Process.Printed, StringComparison.Ordinal);
        Assert.Empty(silo.Process.Errors);
    }

    [Theory]
    [InlineData("HUP")]
    [InlineData("TERM")]
    public async Task Signal_ToASiloThatStarts_IsAnOrderlyStop(string signal)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "env sets signals on Linux.");
        await using var silo = StockSilo.LaunchBy(
            WithSignals, Directory.CreateTempSubdirectory("reflex-silo-").FullName, Ports.Free(4));
        await silo.Process.PrintsAsync("Events are stored in");

        silo.Process.Signal(signal);

        Assert.Equal(0, await silo.Process.EndsAsync());
        Assert.Empty(silo.Process.Errors);
        await using var next = await StockSilo.StartAsync(silo.Folder);
        await AppendAsync(next);
    }

    [Fact]
    public async Task Hangup_OfASiloThatIgnoresIt_EndsNothing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "env sets signals on Linux.");
        await using var silo = await StockSilo.StartByAsync(["env", "--ignore-signal=HUP", "dotnet", Running.DllOf("silo")]);

        silo.Process.Signal("HUP");

        await AppendAsync(silo);
        Assert.Equal(0, await silo.Process.TerminateAsync());
    }

    [Theory]
    [InlineData("exec \"$@\" >&-")]
    [InlineData("exec \"$@\" >&- 2>&-")]
    [InlineData("exec \"$@\" <&- >&- 2>&-")]
    [InlineData("exec \"$@\" > >(head -n 1) 2>&1")]
    [InlineData("exec \"$@\" > /dev/full 2>&1")]
    public async Task Hangup_OfASiloWhoseTerminalIsGone_IsAnOrderlyStop(string script)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "env sets signals, and /dev/full exists, on Linux.");
        await using var silo = StockSilo.LaunchBy(
            ["bash", "-c", script, "bash", .. WithSignals], Directory.CreateTempSubdirectory("reflex-silo-").FullName, Ports.Free(4));
        await ServesAsync(silo);

        // More lines than a pipe that nobody reads would take.
        for (var i = 0; i < 150; i++)
        {
            await AppendAsync(silo, new string('x', 1000));
        }

        silo.Process.Signal("HUP");

        Assert.Equal(0, await silo.Process.EndsAsync());
        await using var next = await StockSilo.StartAsync(silo.Folder);
        var stream = await next.Client.GetFromJsonAsync<JsonElement>("/streams/demo", Token);
        Assert.Equal("150", stream.GetProperty("partitions")[0].GetProperty("head").GetString());
    }

    [Theory]
    [InlineData("exec \"$@\" 2>&-")]
    [InlineData("exec \"$@\" <&- >&- 2>&-")]
    [InlineData("exec \"$@\" 2> /dev/full")]
    public async Task Start_RefusedWhereNobodyIsToldWhy_EndsWith1(string script)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/dev/full exists on Linux.");
        await using var process = Running.Start(
            "bash", Path.GetTempPath(), "-c", script, "bash", "dotnet", Running.DllOf("silo"), "--bogus=1");

        Assert.Equal(1, await process.EndsAsync());
    }

    [Fact]
    public async Task Start_WithItsStreamsClosed_WritesNoTextIntoWhatTookTheirNumbers()
    {
        var folder = Directory.CreateTempSubdirectory("reflex-silo-").FullName;
        var trace = Path.Combine(folder, "trace");
        string[] strace = ["-f", "-s", "100", "-e", "trace=write", "-o", trace];
        Assert.SkipUnless(OperatingSystem.IsLinux() && await CanTraceAsync(strace), "needs strace, allowed to trace");
        await using var process = Running.Start(
            "strace",
            folder,
            [.. strace, "bash", "-c", "exec \"$@\" <&- >&- 2>&-", "bash", "dotnet", Running.DllOf("silo"), "--bogus=1"]);

        Assert.Equal(1, await process.EndsAsync());

        Assert.DoesNotContain("Reflex can't start", await File.ReadAllTextAsync(trace, Token), StringComparison.Ordinal);
    }

    private static async Task<bool> CanTraceAsync(string[] strace)
    {
        try
        {
            await using var process = Running.Start("strace", Path.GetTempPath(), [.. strace, "true"]);
            return await process.EndsAsync() == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    private static async Task AppendAsync(StockSilo silo, string foreignId = "a")
    {
        using var answer = await silo.Client.PostAsJsonAsync("/streams/demo/events", new { type = 1, foreignId }, Token);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    /// <summary>Ends when a silo that can't say so serves.</summary>
    private static async Task ServesAsync(StockSilo silo)
    {
        while (true)
        {
            try
            {
                using var answer = await silo.Client.GetAsync("/health/ready", Token);
                if (answer.StatusCode == HttpStatusCode.OK)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                await Task.Yield();
            }
        }
    }
}
