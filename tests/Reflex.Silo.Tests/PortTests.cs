using Reflex.Silo.Tests.Support;
using Reflex.Tests.Shared;

namespace Reflex.Silo.Tests;

public sealed class PortTests
{
    [Theory]
    [InlineData("SiloPort")]
    [InlineData("GatewayPort")]
    public async Task Start_OnAnOrleansPortOfAnotherSilo_IsRefusedNamingTheSetting(string setting)
    {
        var port = Ports.Free();
        var taken = $"--Orleans:Endpoints:{setting}={port}";
        await using var first = await StockSilo.StartAsync(null, taken);

        await RefusedAsync($"127.0.0.1:{port} is in use", $"set Orleans:Endpoints:{setting}", taken);
    }

    [Fact]
    public async Task Start_OnTheHttpPortOfAnotherSilo_IsRefusedNamingTheAddress()
    {
        await using var first = await StockSilo.StartAsync();

        await RefusedAsync(first.Url, "address already in use", $"--Kestrel:Endpoints:Http:Url={first.Url}");
    }

    [Fact]
    public async Task Start_OnTheGrpcPortOfAnotherSilo_IsRefusedNamingTheAddress()
    {
        await using var first = await StockSilo.StartAsync();

        await RefusedAsync(first.GrpcUrl, "address already in use", $"--Kestrel:Endpoints:Grpc:Url={first.GrpcUrl}");
    }

    private static async Task RefusedAsync(string expected, string also, string setting)
    {
        await using var silo = StockSilo.Launch(null, setting);
        Assert.Equal(1, await silo.Process.EndsAsync());
        var line = Assert.Single(silo.Process.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(expected, line, StringComparison.Ordinal);
        Assert.Contains(also, line, StringComparison.Ordinal);
    }
}
