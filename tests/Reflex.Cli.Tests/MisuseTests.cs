using Reflex.Cli.Parsing;
using Reflex.Cli.Tests.Support;
using Reflex.Silo.Tests.Support;
using Reflex.Tests.Shared;

namespace Reflex.Cli.Tests;

public sealed class MisuseTests
{
    [Theory]
    [InlineData("'Bad' is not the name of a stream", "streams", "describe", "Bad")]
    [InlineData("stream", "streams", "describe")]
    [InlineData("both --type and --foreign-id", "append", "orders", "--type", "1")]
    [InlineData("--type and --foreign-id, or many by --file", "append", "orders")]
    [InlineData("--type and --foreign-id, or many by --file", "append", "orders", "--type", "1", "--file", "-")]
    [InlineData(
        "--type is one; it must be a number from -2147483648 to 2147483647", "append", "orders", "--type", "one", "--foreign-id", "1")]
    [InlineData("--type is 2147483648; it must", "append", "orders", "--type", "2147483648", "--foreign-id", "1")]
    [InlineData(
        "--timestamp is 2026-01-02T03:04:05; it must be a moment with a time zone",
        "append", "orders", "--type", "1", "--foreign-id", "1", "--timestamp", "2026-01-02T03:04:05")]
    [InlineData("--timestamp is \"; it must", "append", "orders", "--type", "1", "--foreign-id", "1", "--timestamp", "\"")]
    [InlineData("--output takes a new file; without it", "stream", "orders", "--output", "-")]
    [InlineData("--partition is 1024; it must be a number from 0 to 1023", "stream", "orders", "--partition", "1024")]
    [InlineData("--max-bytes is 0; it must be a number from 1 to", "streams", "create", "orders", "--max-bytes", "0")]
    [InlineData("--limit is 0", "stream", "orders", "--limit", "0")]
    [InlineData("--lag is -00:00:01; it must be a time", "stream", "orders", "--lag=-00:00:01")]
    [InlineData("x", "stream", "orders", "--after", "x")]
    [InlineData("The server 'nowhere' is no address", "streams", "list", "--server", "nowhere")]
    [InlineData("--seconds is 0; it must be a number from 1 to 86400", "bench", "read", "orders", "--seconds", "0")]
    [InlineData("'9223372036854775808' is not a cursor: the largest event id is", "stream", "a", "--after", "9223372036854775808")]
    [InlineData("'1.99999999999999999999' is not a cursor: the largest", "consumers", "set-cursor", "a", "b", "1.99999999999999999999")]
    [InlineData("'9223372036854775808' is not an event id: the largest", "consumers", "skip", "a", "b", "9223372036854775808")]
    [InlineData("'-1' is not an event id: expected", "consumers", "skip", "a", "b", "-1")]
    [InlineData("The API key has a character", "streams", "list", "--api-key", "a\nb")]
    [InlineData("The API key has a character", "streams", "list", "--api-key", "größe")]
    [InlineData("The folder is empty", "verify", "")]
    [InlineData("'x' was not in a correct format", "[suggest:x]", "reflex str")]
    [InlineData("tcsh", "completion", "tcsh")]
    [InlineData("explode", "explode")]
    public async Task Run_WrongArguments_SaysInOneSentenceWhat(string expected, params string[] arguments)
    {
        var tool = await Tool.RunAsync(arguments);

        Assert.Contains(expected, tool.Sentence(ExitCodes.Misused), StringComparison.Ordinal);
        Assert.Empty(tool.Output);
    }

    [Fact]
    public async Task Run_NobodyServes_EndsWithTheCodeForTryingAgain()
    {
        var server = $"http://127.0.0.1:{Ports.Free()}";

        var tool = await Tool.RunAsync("streams", "list", "--server", server);

        Assert.Contains($"the server {server} refuses the connection", tool.Sentence(ExitCodes.TryAgain), StringComparison.Ordinal);
        Assert.DoesNotContain("Status", tool.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    [InlineData("pwsh")]
    public async Task Completion_OfAShell_AsksTheTool(string shell) =>
        Assert.Contains("[suggest:", (await Tool.RunAsync("completion", shell)).Done(), StringComparison.Ordinal);

    [Fact]
    public async Task Suggest_BeginOfACommand_ListsWhatMayFollow() =>
        Assert.Contains("set-cursor", (await Tool.RunAsync("[suggest:18]", "reflex consumers s")).Done(), StringComparison.Ordinal);

    /// <summary>The runtime makes the same character of all such bytes, so that several ids would be one.</summary>
    [Theory]
    [InlineData("'k\\xfe'")]
    [InlineData("'k\\xff'")]
    public async Task Append_ArgumentThatIsNoText_IsRefused(string foreignId)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs /proc");
        await using var tool = Running.Start(
            "bash", ".", "-c", $"exec dotnet {Running.DllOf("src/Reflex.Cli")} append demo --type 1 --foreign-id ${foreignId}");

        Assert.Equal(ExitCodes.Misused, await tool.EndsAsync());
        Assert.Contains("The argument 6 isn't UTF-8", tool.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void RequireText_OfTheReplacementCharacterItself_TakesIt() => RawArguments.RequireText(["append", "\uFFFD"]);
}
