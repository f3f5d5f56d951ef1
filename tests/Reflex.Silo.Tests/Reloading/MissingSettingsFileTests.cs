extern alias silo;

using System.Net;
using Microsoft.Extensions.Configuration;
using Reflex.Silo.Tests.Support;
using silo::Reflex.Silo.Reloading;

namespace Reflex.Silo.Tests.Reloading;

public sealed class MissingSettingsFileTests : IDisposable
{
    private readonly SiloProgram _program = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _program.Dispose();

    [Fact]
    public async Task Start_WithoutASettingsFile_HasTheSettingsThatCameWithTheSilo()
    {
        File.Delete(_program.SettingsFile);

        await using var silo = await StockSilo.StartByAsync(_program.Command);

        Assert.Equal(HttpStatusCode.OK, (await silo.Client.GetAsync("/streams/demo", Token)).StatusCode);
        Assert.DoesNotContain("info: Microsoft", silo.Process.Printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithAFileThatSetsNoLevels_LogsWithThoseThatCameWithTheSilo()
    {
        _program.Save("{}");

        await using var silo = await StockSilo.StartByAsync(_program.Command);

        Assert.Equal(HttpStatusCode.OK, (await silo.Client.GetAsync("/streams", Token)).StatusCode);
        Assert.Equal(0, await silo.Process.TerminateAsync());
        Assert.DoesNotContain("info: Microsoft", silo.Process.Printed, StringComparison.Ordinal);
        Assert.DoesNotContain("info: Orleans", silo.Process.Printed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ bad", "appsettings.json")]
    [InlineData("", "appsettings.json")]
    [InlineData("[]", "Top-level JSON element must be an object")]
    [InlineData("""{"Reflex":{"DataPaht":"x"}}""", "The setting Reflex:DataPaht is unknown")]
    [InlineData("""{"Relfex":{"DataPath":"x"}}""", "The section Relfex is unknown")]
    [InlineData(null, "appsettings.json is a folder")]
    public async Task Start_WithABadSettingsFile_IsRefusedInOneSentence(string? settings, string expected)
    {
        File.Delete(_program.SettingsFile);
        if (settings is null)
        {
            Directory.CreateDirectory(_program.SettingsFile);
        }
        else
        {
            await File.WriteAllTextAsync(_program.SettingsFile, settings, Token);
        }

        await using var process = Running.Start(_program.Command[0], Path.GetTempPath(), _program.Command[1]);

        Assert.Equal(1, await process.EndsAsync());
        var line = Assert.Single(process.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("Reflex can't start: ", line, StringComparison.Ordinal);
        Assert.Contains(expected, line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:8080", "http://127.0.0.1:5001", null, null)]
    [InlineData(null, null, "urls", "http://127.0.0.1:9000")]
    [InlineData(null, null, "http_ports", "9000")]
    [InlineData("http://127.0.0.1:9000", null, "Kestrel:Endpoints:Http:Url", "http://127.0.0.1:9000")]
    [InlineData("http://127.0.0.1:8080", "http://127.0.0.1:5001", "Kestrel:AddServerHeader", "false")]
    public void From_SettingsThatSayNothingOfEndpoints_HasTheDocumentedOnes(string? http, string? grpc, string? key, string? value)
    {
        var configuration = new ConfigurationBuilder();
        if (key is not null)
        {
            configuration.AddInMemoryCollection([KeyValuePair.Create(key, value)]);
        }

        var endpoints = EndpointSettings.From(configuration.Build()).Configuration;

        Assert.Equal(http, endpoints["Endpoints:Http:Url"]);
        Assert.Equal(grpc, endpoints["Endpoints:Grpc:Url"]);
    }
}
