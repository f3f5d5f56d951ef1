using Reflex.Silo.Tests.Support;

namespace Reflex.Silo.Tests.Settings;

/// <summary>Typing errors in every source of settings of the stock silo.</summary>
public sealed class RefusedStartTests
{
    [Theory]
    [InlineData("The setting Reflex:Acess is unknown; the nearest known one is Reflex:Access.", "--Reflex:Acess:ApiKeys:shop:0=0f4c2e1b")]
    [InlineData("The setting Reflex:Http:MaxBodyByte is unknown; ", "--Reflex:Http:MaxBodyByte", "5")]
    [InlineData("The setting Reflex:Http:MaxBodyBytes is 'abc': expected a whole number", "--Reflex:Http:MaxBodyBytes=abc")]
    [InlineData("The argument --Relfex:DataPath is unknown; the nearest known one is --Reflex:DataPath.", "--Relfex:DataPath=x")]
    [InlineData("The argument --bogus is unknown; ", "--bogus")]
    [InlineData("The argument verfy means nothing: ", "verfy")]
    [InlineData("The argument -x means nothing: ", "-x=1")]
    public async Task Start_WithATypingErrorInItsArguments_IsRefusedNamingIt(string expected, params string[] arguments) =>
        await RefusedAsync(expected, [], arguments);

    [Theory]
    [InlineData("The setting Reflex:DATAPAHT is unknown; the nearest known one is Reflex:DataPath.", "REFLEX__DATAPAHT=x")]
    [InlineData("The setting Reflex:Access:AllowAnonymous is 'yes': expected true or false.", "Reflex__Access__AllowAnonymous=yes")]
    [InlineData("The environment variable Reflex_DataPath is unknown; the nearest known one is Reflex__DataPath.", "Reflex_DataPath=x")]
    [InlineData("The setting Reflex:Htpp is unknown; ", "ASPNETCORE_Reflex__Htpp__MaxBodyBytes=5")]
    [InlineData("The setting Reflex:Htpp is unknown; ", "DOTNET_Reflex__Htpp__MaxBodyBytes=5")]
    public async Task Start_WithATypingErrorInItsEnvironment_IsRefusedNamingIt(string expected, params string[] variables) =>
        await RefusedAsync(expected, variables, []);

    [Theory]
    [InlineData("REFLEX_SERVER=http://localhost:5001")]
    [InlineData("REFLEX_SERVICE_HOST=10.0.0.1", "REFLEX_PORT=tcp://10.0.0.1:80", "REFLEX__HTTP__MAXBODYBYTES=1000")]
    public async Task Start_WithVariablesOfOthers_Serves(params string[] variables)
    {
        await using var silo = await StockSilo.StartByAsync(["env", .. variables, "dotnet", Running.DllOf("silo")]);

        Assert.Equal(0, await silo.Process.TerminateAsync());
    }

    private static async Task RefusedAsync(string expected, string[] variables, string[] arguments)
    {
        var folder = Directory.CreateTempSubdirectory("reflex-silo-").FullName;
        await using var process = Running.Start(
            "env", folder, [.. variables, "dotnet", Running.DllOf("silo"), .. arguments]);

        Assert.Equal(1, await process.EndsAsync());

        var line = Assert.Single(process.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith($"Reflex can't start: {expected}", line, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
    }
}
