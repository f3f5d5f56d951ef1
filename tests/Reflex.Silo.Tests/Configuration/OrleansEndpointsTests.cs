extern alias silo;

using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Reflex.Silo.Tests.Support;
using Reflex.Tests.Shared;
using silo::Reflex.Silo.Configuration;
using silo::Reflex.Silo.Settings;

namespace Reflex.Silo.Tests.Configuration;

/// <summary>Orleans' ports without TLS.</summary>
public sealed class OrleansEndpointsTests
{
    private const string Allowed = "--Reflex:Access:AllowOrleansFromOtherMachines=true";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Read_OnePortForSilosAndClients_IsRefused() => Assert.Equal(
        "The settings Orleans:Endpoints:SiloPort and Orleans:Endpoints:GatewayPort are both 12000: other silos and clients need a port "
        + "each.",
        Assert.Throws<FormatException>(() => Read(["SiloPort", "12000", "GatewayPort", "12000"])).Message);

    [Theory]
    [InlineData("GatewayListeningEndpoint", "0.0.0.0:30000")]
    [InlineData("SiloListeningEndpoint", "0.0.0.0:11111")]
    [InlineData("GatewayListeningEndpoint", "0.0.0.0")]
    [InlineData("GatewayListeningEndpoint", "[::]:30000")]
    [InlineData("GatewayListeningEndpoint", "192.168.7.7:30000")]
    [InlineData("GatewayListeningEndpoint", "[fe80::1]:30000")]
    [InlineData("GatewayListeningEndpoint", "[::ffff:192.168.7.7]:30000")]
    [InlineData("SiloListeningEndpoint", "[::ffff:0.0.0.0]:11111")]
    [InlineData("AdvertisedIPAddress", "192.168.7.7")]
    [InlineData("AdvertisedIPAddress", "::ffff:192.168.7.7")]
    [InlineData("AdvertisedIPAddress", "2001:db8::7")]
    [InlineData("GatewayListeningEndpoint", "0.0.0.0:30000", "GatewayPort", "0")]
    [InlineData("AdvertisedIPAddress", "192.168.7.7", "GatewayPort", "0")]
    [InlineData("AdvertisedIPAddress", "192.168.7.7", "GatewayListeningEndpoint", "127.0.0.1:30000")]
    public void Validate_ReachableFromOtherMachines_IsRefusedUnlessAllowed(string setting, string value, params string[] others)
    {
        var options = Read([setting, value, .. others]);

        var fault = Validate(options, isAllowed: false).Failures!.First();
        Assert.StartsWith("Orleans' endpoint ", fault, StringComparison.Ordinal);
        Assert.Contains("by Reflex:ClusterTls", fault, StringComparison.Ordinal);
        Assert.Contains($"set Orleans:Endpoints:{setting} to an address of this machine only", fault, StringComparison.Ordinal);
        Assert.Contains(Allowed[2..], fault, StringComparison.Ordinal);
        Assert.True(Validate(options, isAllowed: true).Succeeded);
    }

    [Theory]
    [InlineData]
    [InlineData("SiloPort", "12000", "GatewayPort", "12001")]
    [InlineData("GatewayPort", "0")]
    [InlineData("GatewayListeningEndpoint", "127.8.8.8:30000")]
    [InlineData("SiloListeningEndpoint", "[::1]:11111")]
    [InlineData("SiloListeningEndpoint", "[::ffff:127.0.0.2]:11111")]
    [InlineData("AdvertisedIPAddress", "127.0.0.2")]
    [InlineData(
        "AdvertisedIPAddress", "192.168.7.7", "SiloListeningEndpoint", "127.0.0.1:1", "GatewayListeningEndpoint", "127.0.0.1:2")]
    public void Validate_OnThisMachineOnly_IsGood(params string[] settings) =>
        Assert.True(Validate(Read(settings), isAllowed: false).Succeeded);

    [Theory]
    [InlineData("GatewayListeningEndpoint", "localhost:30000", "an IP address with a port, such as 127.0.0.1:30000")]
    [InlineData("SiloListeningEndpoint", "some-host:11111", "an IP address with a port")]
    [InlineData("AdvertisedIPAddress", "some-host", "an IP address such as 127.0.0.1")]
    [InlineData("SiloPort", "eleven", "a port, a number of at most 65535")]
    [InlineData("GatewayPort", "70000", "a port")]
    [InlineData("GatewayPort", "-1", "a port")]
    [InlineData("GatewayPort", "", "a port")]
    public void Read_WhatCannotBeRead_IsRefusedNamingIt(string setting, string value, string expected) => Assert.StartsWith(
        $"The setting Orleans:Endpoints:{setting} is '{value}': expected {expected}",
        Assert.Throws<FormatException>(() => Read([setting, value])).Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData("Orleans' endpoint 0.0.0.0:")]
    [InlineData("Orleans' endpoint 0.0.0.0:", "--Reflex:Access:AllowAnonymous=true")]
    [InlineData(
        "Orleans' endpoint 0.0.0.0:",
        "--Reflex:Access:ApiKeys:a:0=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "--Reflex:Access:Policies:a:Who:0=key:a",
        "--Reflex:Access:Policies:a:Streams:0=*",
        "--Reflex:Access:Policies:a:May:0=stream")]
    public async Task Start_ReachableFromOtherMachines_IsRefusedWithAccessOnOrOff(string expected, params string[] access) =>
        await RefusedAsync(expected, [$"--Orleans:Endpoints:GatewayListeningEndpoint=0.0.0.0:{Ports.Free()}", .. access]);

    [Fact]
    public async Task Start_OnAnAddressOfAnotherMachine_IsRefusedNamingIt() => await RefusedAsync(
        "Orleans' endpoint 192.0.2.7:", $"--Orleans:Endpoints:GatewayListeningEndpoint=192.0.2.7:{Ports.Free()}", Allowed);

    [Theory]
    [InlineData("GatewayListeningEndpoint", "0.0.0.0:{0}", Allowed)]
    [InlineData("AdvertisedIPAddress", "127.0.0.2")]
    public async Task Start_OnThisMachineOnlyOrAllowed_Serves(string setting, string value, params string[] others)
    {
        await using var silo = await StockSilo.StartAsync(
            null, [$"--Orleans:Endpoints:{setting}={string.Format(value, Ports.Free())}", .. others]);

        Assert.Equal(HttpStatusCode.OK, (await silo.Client.GetAsync("/streams/demo", Token)).StatusCode);
    }

    private static EndpointOptions Read(string[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Chunk(2).Select(pair => KeyValuePair.Create($"Orleans:Endpoints:{pair[0]}", (string?)pair[1])))
            .Build();
        var options = new EndpointOptions { AdvertisedIPAddress = IPAddress.Loopback };
        OrleansEndpoints.Read(configuration.GetSection("Orleans:Endpoints")).Apply(options);
        return options;
    }

    private static ValidateOptionsResult Validate(EndpointOptions options, bool isAllowed) =>
        new OrleansEndpointsValidator(Options.Create(new OrleansAccessSettings { AllowOrleansFromOtherMachines = isAllowed }))
            .Validate(null, options);

    private static async Task RefusedAsync(string expected, params string[] settings)
    {
        await using var silo = StockSilo.Launch(null, settings);
        Assert.Equal(1, await silo.Process.EndsAsync());
        Assert.DoesNotContain("Reflex listens on", silo.Process.Printed, StringComparison.Ordinal);
        var line = Assert.Single(silo.Process.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith($"Reflex can't start: {expected}", line, StringComparison.Ordinal);
    }
}
