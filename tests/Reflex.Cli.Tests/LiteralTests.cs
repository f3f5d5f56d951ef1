using System.Text.Json;
using Reflex.Cli.Tests.Support;

namespace Reflex.Cli.Tests;

/// <summary>What a user gives for a text is that text, whatever the parser of arguments could see in it.</summary>
public sealed class LiteralTests(SiloFixture silo)
{
    public static TheoryData<string> Texts { get; } =
    [
        "@alice", "@", "@@", "-", "--", "-5", "-h", "--help", "-?", "/?", "/h", "--json", "--type", "--type=7", "--type:7", "--metadata=@x",
        "--server", "--version", "[suggest]", "[suggest:3]", "[diagram]", "a=b", "a:b", "=", ":", "", " ", "append", "reflex", "\"quoted\"",
        "'", "$HOME", "%PATH%", "*", "\\", "a b", "-abc", "true", "#",
    ];

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task Append_AnyText_IsStoredAsGiven(string text)
    {
        var stream = await silo.CreateStreamAsync();

        (await silo.RunAsync("append", stream, "--type", "1", "--foreign-id", text, "--metadata", text)).Done();
        (await silo.RunAsync("append", stream, $"--metadata={text}", "--type=1", $"--foreign-id={text}")).Done();
        (await silo.RunAsync("append", stream, $"--foreign-id:{text}", $"--metadata:{text}", "--type:1")).Done();

        var events = (await silo.RunAsync("stream", stream, "--to-head", "--json")).Done()
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line)).ToArray();
        Assert.Equal(3, events.Length);
        Assert.All(events, e =>
        {
            Assert.Equal(text, e.GetProperty("foreignId").GetString());
            Assert.Equal(text, e.GetProperty("metadata").GetString());
        });
    }

    [Fact]
    public async Task Append_NameOfAFileAfterAnAt_NeverReadsTheFile()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("reflex-tool-").FullName, "arguments");
        await File.WriteAllTextAsync(file, "--type 1 --foreign-id stolen --metadata stolen", TestContext.Current.CancellationToken);
        var stream = await silo.CreateStreamAsync();

        (await silo.RunAsync("append", stream, "--type", "1", "--foreign-id", $"@{file}")).Done();
        var notAStream = await silo.RunAsync("append", $"@{file}", "--type", "1", "--foreign-id", "a");
        var notACommand = await silo.RunAsync($"@{file}");

        Assert.Contains($"'@{file}' is not the name of a stream", notAStream.Sentence(ExitCodes.Misused), StringComparison.Ordinal);
        Assert.Contains($"no command or option '@{file}'", notACommand.Sentence(ExitCodes.Misused), StringComparison.Ordinal);
        var printed = (await silo.RunAsync("stream", stream, "--to-head")).Done();
        Assert.Contains($"@{file}", printed, StringComparison.Ordinal);
        Assert.DoesNotContain("stolen", printed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("@data", "verify", "@data")]
    [InlineData("/h", "verify", "/h")]
    [InlineData("--json", "verify", "--", "--json")]
    [InlineData("-data", "verify", "-data")]
    [InlineData("a:b=c", "verify", "a:b=c")]
    public async Task Verify_AnyName_IsAFolder(string expected, params string[] arguments)
    {
        var tool = await Tool.RunAsync(arguments);

        var sentence = tool.Sentence(ExitCodes.Misused);
        Assert.Contains("There is no data folder", sentence, StringComparison.Ordinal);
        Assert.Contains(expected, sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_CalledTrue_IsNoValueOfAFlag()
    {
        (await silo.RunAsync("streams", "create", "true")).Done();

        (await silo.RunAsync("append", "true", "--type", "1", "--foreign-id", "a")).Done();

        Assert.Contains("\"true\"", (await silo.RunAsync("streams", "describe", "--json", "true")).Done(), StringComparison.Ordinal);
        Assert.Contains(" a", (await silo.RunAsync("stream", "--to-head", "true")).Done(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'[diagram]'", "[diagram]", "streams", "list")]
    [InlineData("'[env:A=B]'", "[env:A=B]", "streams", "list")]
    [InlineData("'true'", "streams", "list", "--json", "true")]
    public async Task Run_WhatIsNoArgumentHere_IsRefused(string expected, params string[] arguments)
    {
        var tool = await silo.RunAsync(arguments);

        Assert.Contains($"There is no command or option {expected} here", tool.Sentence(ExitCodes.Misused), StringComparison.Ordinal);
    }
}
