using System.Text;
using System.Text.Json;
using Reflex.Cli.Tests.Support;

namespace Reflex.Cli.Tests;

/// <summary>Files that events are read from and written to, as people and other programs make them.</summary>
public sealed class FileTests(SiloFixture silo)
{
    private const string Event = """{"type":1,"foreignId":"a"}""";

    private readonly string _folder = Directory.CreateTempSubdirectory("reflex-tool-").FullName;

    public static TheoryData<string, int> Texts { get; } = new()
    {
        { "", 0 },
        { "\n", 0 },
        { "\n\r\n  \n\t\n\n", 0 },
        { Event, 1 },
        { $"{Event}\n", 1 },
        { $"{Event}\r\n{Event}\r\n", 2 },
        { $"{Event}\r\n\r\n{Event}", 2 },
        { $"  {Event}\t\n\n\n{Event}  ", 2 },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task Append_TextWithAndWithoutAMark_IsTheSame(string text, int expected)
    {
        var stream = await silo.CreateStreamAsync();
        byte[] plain = Encoding.UTF8.GetBytes(text);
        byte[] marked = [.. Encoding.UTF8.Preamble, .. plain];

        await AppendsAsync(stream, plain, expected);
        await AppendsAsync(stream, marked, expected);

        Assert.Equal(4 * expected, await CountAsync(stream));
    }

    [Fact]
    public async Task Append_MarkThatComesInPieces_IsPassedOver()
    {
        var stream = await silo.CreateStreamAsync();
        using var output = new StringWriter();
        using var error = new StringWriter();
        var input = new Trickle([.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(Event)]);

        var code = await ReflexTool.RunAsync(["append", stream, "--file", "-", "--server", silo.GrpcUrl], input, output, error);

        Assert.Equal((ExitCodes.Done, ""), (code, error.ToString()));
        Assert.Equal(1, await CountAsync(stream));
    }

    [Theory]
    [InlineData("utf-16", "The events are in UTF-16")]
    [InlineData("utf-16BE", "The events are in UTF-16")]
    [InlineData("utf-32", "The events are in UTF-32")]
    public async Task Append_AnotherEncoding_IsRefusedNamingItAndUtf8(string encoding, string expected)
    {
        var stream = await silo.CreateStreamAsync();
        var bytes = Encoding.GetEncoding(encoding).GetBytes(Event + "\n");
        byte[] marked = [.. Encoding.GetEncoding(encoding).Preamble, .. bytes];
        byte[][] inputs = encoding == "utf-32" ? [marked] : [marked, bytes];

        foreach (var input in inputs)
        {
            var sentence = (await PipeAsync(stream, input)).Sentence(ExitCodes.Misused);
            Assert.Contains(expected, sentence, StringComparison.Ordinal);
            Assert.Contains("must be in UTF-8", sentence, StringComparison.Ordinal);
        }

        Assert.Equal(0, await CountAsync(stream));
    }

    [Theory]
    [InlineData("{event}\n\ufeff{event}\n", "Line 2 is not an event: it isn't JSON", 1)]
    [InlineData("{event}\n\0\0\n", "Line 2 is not an event: it isn't JSON", 1)]
    [InlineData("\0", "Line 1 is not an event: it isn't JSON", 0)]
    [InlineData("\ufeff\ufeff{event}", "Line 1 is not an event: it isn't JSON", 0)]
    [InlineData("{event}{event}\n", "Line 1 is not an event: it isn't JSON", 0)]
    [InlineData("[{event}]\n", "Line 1 is not an event: it isn't a JSON object", 0)]
    public async Task Append_WhatIsNoLineOfAnEvent_IsNamedAndWhatIsBeforeItAppended(string text, string expected, int appended)
    {
        var stream = await silo.CreateStreamAsync();

        var tool = await PipeAsync(stream, Encoding.UTF8.GetBytes(text.Replace("{event}", Event, StringComparison.Ordinal)));

        Assert.Contains(expected, tool.Sentence(ExitCodes.Misused), StringComparison.Ordinal);
        Assert.Equal(appended, await CountAsync(stream));
    }

    [Fact]
    public async Task Append_FileThatCantBeRead_IsASentenceThatNamesIt()
    {
        var folder = await silo.RunAsync("append", "demo", "--file", _folder);
        var missing = await silo.RunAsync("append", "demo", "--file", Path.Combine(_folder, "missing"));
        var empty = await silo.RunAsync("append", "demo", "--file", "");

        Assert.Contains($"'{_folder}' is a folder; --file takes a file", folder.Sentence(ExitCodes.Failed), StringComparison.Ordinal);
        Assert.Contains(Path.Combine(_folder, "missing"), missing.Sentence(ExitCodes.Failed), StringComparison.Ordinal);
        Assert.Contains("--file is empty", empty.Sentence(ExitCodes.Misused), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_FileThatCantBeMade_IsASentenceThatNamesIt()
    {
        var folder = await silo.RunAsync("stream", "demo", "--to-head", "--output", _folder);
        var missing = await silo.RunAsync("stream", "demo", "--to-head", "--output", Path.Combine(_folder, "missing", "file"));
        var empty = await silo.RunAsync("stream", "demo", "--to-head", "--output=");

        Assert.Contains($"'{_folder}' is a folder; --output takes a file", folder.Sentence(ExitCodes.Failed), StringComparison.Ordinal);
        Assert.Contains(Path.Combine(_folder, "missing"), missing.Sentence(ExitCodes.Failed), StringComparison.Ordinal);
        Assert.Contains("--output is empty", empty.Sentence(ExitCodes.Misused), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_ThatIsRefused_LeavesNoFile()
    {
        var file = Path.Combine(_folder, "refused.ndjson");

        var refused = await silo.RunAsync("stream", "no-such-stream", "--to-head", "--output", file);

        Assert.Contains("no-such-stream", refused.Sentence(ExitCodes.Failed), StringComparison.Ordinal);
        Assert.False(File.Exists(file));
        var stream = await silo.CreateStreamAsync();
        (await silo.RunAsync("stream", stream, "--to-head", "--output", file)).Done();
        Assert.Empty(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Stream_IntoAFile_IsExactlyTheJsonThatIsPrinted()
    {
        var stream = await silo.CreateStreamAsync();
        var metadata = "{\"b\":\"\u0085\u202e\\u001b\"}";
        (await silo.RunAsync("append", stream, "--type", "1", "--foreign-id", "a\u001b\u2028", "--metadata", metadata)).Done();
        var file = Path.Combine(_folder, "events.ndjson");

        (await silo.RunAsync("stream", stream, "--to-head", "--output", file)).Done();

        var line = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        Assert.Equal(line, (await silo.RunAsync("stream", stream, "--to-head", "--json")).Done());
        Assert.Contains($"\"metadata\":{metadata}", line, StringComparison.Ordinal);
        Assert.Equal("a\u001b\u2028", JsonElement.Parse(line).GetProperty("foreignId").GetString());
    }

    private async Task AppendsAsync(string stream, byte[] text, int expected)
    {
        var file = Path.Combine(_folder, Path.GetRandomFileName());
        await File.WriteAllBytesAsync(file, text, TestContext.Current.CancellationToken);
        var sentence = $"Appended {expected} events to '{stream}'.\n";
        Assert.Equal(sentence, (await silo.RunAsync("append", stream, "--file", file)).Done());
        Assert.Equal(sentence, (await PipeAsync(stream, text)).Done());
    }

    private Task<Tool> PipeAsync(string stream, byte[] input) =>
        Tool.PipeAsync(input, "append", stream, "--file", "-", "--server", silo.GrpcUrl);

    private async Task<int> CountAsync(string stream) =>
        (await silo.RunAsync("stream", stream, "--to-head", "--json")).Done().Count(c => c == '\n');

    /// <summary>Gives a byte at a time, as a slow writer does.</summary>
    private sealed class Trickle(byte[] content) : MemoryStream(content)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(1, buffer.Length)], cancellationToken);
    }
}
