using System.Text.Json;
using Reflex.Cli.Output;
using Reflex.Cli.Tests.Support;

namespace Reflex.Cli.Tests;

/// <summary>What others wrote into a cluster forges nothing in what is printed.</summary>
public sealed class ForeignTextTests(SiloFixture silo)
{
    private const string Forged = "a\u001b[2J\r\n2          2026-01-01 00:00:00.000      1 forged\u2028\u0085\u202e\u200b\u007f\u009b1m";

    [Fact]
    public async Task Stream_ForeignIdAndMetadataThatForgeRows_AreOneRow()
    {
        var stream = await silo.CreateStreamAsync();
        (await silo.RunAsync("append", stream, "--type", "1", "--foreign-id", Forged, "--metadata", Forged)).Done();

        var table = (await silo.RunAsync("stream", stream, "--to-head")).Done();
        var json = (await silo.RunAsync("stream", stream, "--to-head", "--json")).Done();

        Assert.EndsWith("\n", table, StringComparison.Ordinal);
        Assert.DoesNotContain(table[..^1], c => char.IsControl(c) || c is '\u2028' or '\u202e' or '\u200b');
        Assert.Contains(@"a\u001b[2J\r\n2 ", table, StringComparison.Ordinal);
        Assert.Equal(1, json.Count(c => c == '\n'));
        var e = JsonElement.Parse(json);
        Assert.Equal(Forged, e.GetProperty("foreignId").GetString());
        Assert.Equal(Forged, e.GetProperty("metadata").GetString());
    }

    [Fact]
    public async Task Stream_MetadataThatAreJson_AreOneLineOfExactlyThatJson()
    {
        var stream = await silo.CreateStreamAsync();
        var metadata = "{\"a\":\"\u2028\u0085\u007f\u202e\"}";
        (await silo.RunAsync("append", stream, "--type", "1", "--foreign-id", "a", "--metadata", metadata)).Done();

        var json = (await silo.RunAsync("stream", stream, "--to-head", "--json")).Done();

        Assert.Equal(1, json.Count(c => c == '\n'));
        Assert.Contains($"\"metadata\":{metadata}}}", json, StringComparison.Ordinal);
        Assert.DoesNotContain('\u202e', (await silo.RunAsync("stream", stream, "--to-head")).Done());
    }

    [Fact]
    public async Task Run_ArgumentsThatForgeLines_AreOneSentence()
    {
        Tool[] tools =
        [
            await Tool.RunAsync(Forged),
            await Tool.RunAsync("streams", "describe", Forged),
            await Tool.RunAsync("verify", Forged),
            await Tool.RunAsync("streams", "list", "--server", Forged),
        ];

        Assert.All(tools, tool =>
        {
            Assert.DoesNotContain(tool.Sentence(tool.Code)[..^1], c => char.IsControl(c) || c is '\u2028' or '\u202e' or '\u200b');
            Assert.NotEqual(ExitCodes.Done, tool.Code);
        });
    }

    [Fact]
    public void Listing_CellsOfOthers_AreOneRowInATableAndThemselvesInJson()
    {
        var listing = new Listing("consumer", "error");
        listing.Add("a", Forged);
        using var output = new StringWriter();

        new Terminal(output, TextWriter.Null, isJson: false).Write(listing);

        var lines = output.ToString().Split('\n');
        Assert.Equal(1, lines.Count(line => line.Contains("forged", StringComparison.Ordinal)));
        Assert.DoesNotContain(lines, line => line.TrimEnd('\r').Any(char.IsControl));
        Assert.Contains(@"a\u001b[2J\r\n2 ", output.ToString(), StringComparison.Ordinal);
        Assert.Equal(Forged, listing.ToJson()[0]!["error"]!.GetValue<string>());
    }

    [Fact]
    public void Write_SentenceAndProgress_AreOneLineEach()
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var terminal = new Terminal(output, error, isJson: false);

        terminal.Write(Forged, 1);
        terminal.WriteProgress(Forged);

        Assert.DoesNotContain(output.ToString()[..^1], char.IsControl);
        Assert.DoesNotContain(error.ToString()[1..], char.IsControl);
    }
}
