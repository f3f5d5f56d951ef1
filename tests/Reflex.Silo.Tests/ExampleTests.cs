using Reflex.Silo.Tests.Support;
using Reflex.Tests.Shared;

namespace Reflex.Silo.Tests;

public sealed class ExampleTests
{
    [Fact]
    public async Task Example_SiloAndClient_DoWhatTheReadmeSays()
    {
        var folder = Directory.CreateTempSubdirectory("reflex-example-").FullName;
        var ports = Ports.Free(2);
        string[] endpoints = [$"--silo-port={ports[0]}", $"--gateway-port={ports[1]}"];
        await using var silo = Running.Program("tests/Example.Orders", folder, ["silo", .. endpoints]);
        await silo.PrintsAsync("Application started");

        await using var client = Running.Program("tests/Example.Orders", folder, ["client", .. endpoints]);
        Assert.Equal(0, await client.EndsAsync());

        Assert.Contains("appended 200 events", client.Printed, StringComparison.Ordinal);
        Assert.Contains("streamed 200 events of this run", client.Printed, StringComparison.Ordinal);
        Assert.Contains("paid so far: 90", client.Printed, StringComparison.Ordinal);
        Assert.Equal(90, Directory.GetFiles(Path.Combine(folder, "receipts")).Length);
        Assert.Equal(0, await silo.TerminateAsync());
        Assert.Contains("Receipt for order", silo.Printed, StringComparison.Ordinal);
        Assert.DoesNotMatch("info: (Orleans|Polly)|grain service", silo.Printed);
        Assert.DoesNotContain("info:", client.Printed, StringComparison.Ordinal);
    }
}
