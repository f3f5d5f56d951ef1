using System.Diagnostics;
using System.Text.RegularExpressions;
using Reflex.Silo.Tests.Support;

namespace Reflex.Silo.Tests;

/// <summary>Types the README's session into a shell and compares what comes back with what is printed there.</summary>
public sealed partial class ReadmeTests
{
    [Fact]
    public async Task CurlSession_TypedAsPrinted_AnswersAsPrinted()
    {
        await using var silo = await StockSilo.StartAsync();
        var session = Session();
        Assert.True(session.Count > 5);
        foreach (var (command, expected) in session)
        {
            var typed = command.Replace("localhost:8080", silo.Url["http://".Length..], StringComparison.Ordinal);
            var start = new ProcessStartInfo("bash", ["-c", typed]) { RedirectStandardOutput = true };
            using var shell = Process.Start(start)!;
            var answer = await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);

            Assert.Equal(WithoutTimes(expected).Trim(), WithoutTimes(answer).Trim());
        }
    }

    /// <summary>The commands of the console block, each with the lines up to the next one.</summary>
    private static List<(string Command, string Expected)> Session()
    {
        var readme = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "README.md"));
        var block = ConsoleBlock().Match(readme).Groups[1].Value;
        return [.. block.Split("\n$ ").Select(part => part.TrimStart('$', ' ', '\n').Split('\n', 2)).Select(part => (part[0], part[1]))];
    }

    private static string WithoutTimes(string text) => Life().Replace(Time().Replace(text, "TIME"), "@LIFE");

    [GeneratedRegex("```console\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex ConsoleBlock();

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")]
    private static partial Regex Time();

    [GeneratedRegex("@[0-9a-f]{9,16}")]
    private static partial Regex Life();
}
