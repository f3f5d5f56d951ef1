using Reflex.Cli.Tests.Support;
using Reflex.Silo.Tests.Support;

namespace Reflex.Cli.Tests;

/// <summary>The tool's own process, whose output ends before it does.</summary>
public sealed class OutputTests(SiloFixture silo)
{
    // Makes 5 the end of a pipe whose other end is closed.
    private const string WithoutReader = "mkfifo pipe; exec 4<>pipe 5>pipe 4<&-";

    public static TheoryData<string> Printing { get; } =
    [
        "streams list", "streams describe demo", "consumers list", "consumers status demo log-events", "completion bash", "--help",
        "stream --help", "--version", "stream demo --to-head", "stream demo --to-head --json", "streams list --json",
    ];

    [Theory]
    [InlineData("")]
    [InlineData("--json")]
    public async Task Stream_ReaderGoesWhileNothingComes_EndsAsUnixToolsDo(string option)
    {
        var stream = await AppendedAsync(1);

        await using var shell = Shell($"reflex stream {stream} {option} | head -1; echo ended with ${{PIPESTATUS[0]}}");

        Assert.Equal(0, await shell.EndsAsync());
        Assert.Contains("entity", shell.Printed, StringComparison.Ordinal);
        Assert.Contains("ended with 141\n", shell.Printed, StringComparison.Ordinal);
        Assert.Empty(shell.Errors);
    }

    [Fact]
    public async Task Stream_ReaderGoesWhileMuchComes_ReadsNoFurther()
    {
        var stream = await AppendedAsync(50_000);

        await using var shell = Shell($"reflex stream {stream} | head -1; echo ended with ${{PIPESTATUS[0]}}");

        Assert.Equal(0, await shell.EndsAsync());
        Assert.Contains("ended with 141\n", shell.Printed, StringComparison.Ordinal);
        Assert.Empty(shell.Errors);
    }

    [Fact]
    public async Task Stream_ReaderGoesBeforeTheFirstEvent_Ends()
    {
        var stream = await silo.CreateStreamAsync();

        await using var shell = Shell($"{WithoutReader}; reflex stream {stream} >&5; echo ended with $?");

        Assert.Equal(0, await shell.EndsAsync());
        Assert.Equal("ended with 141\n", shell.Printed);
    }

    [Fact]
    public async Task Stream_IntoAFile_NeedsNoReaderOfItsOutput()
    {
        var stream = await AppendedAsync(5);

        await using var shell = Shell(
            $"{WithoutReader}; reflex stream {stream} --to-head --output events.ndjson >&5; echo ended with $?; wc -l <events.ndjson; "
            + $"reflex stream {stream} --to-head --output more.ndjson >&-; echo ended with $?");

        Assert.Equal(0, await shell.EndsAsync());
        Assert.Equal("ended with 0\n5\nended with 0\n", shell.Printed);
    }

    [Theory]
    [MemberData(nameof(Printing))]
    public async Task EveryCommand_NobodyReads_EndsWith141WithoutAWord(string arguments)
    {
        await AppendedAsync(1, "demo");

        await using var shell = Shell($"{WithoutReader}; reflex {arguments} >&5; echo ended with $?");

        Assert.Equal(0, await shell.EndsAsync());
        Assert.Equal("ended with 141\n", shell.Printed);
    }

    [Theory]
    [MemberData(nameof(Printing))]
    public async Task EveryCommand_OutputFullOrClosed_SaysSoInASentence(string arguments)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs /dev/full");
        await AppendedAsync(1, "demo");

        await using var shell = Shell($"reflex {arguments} >/dev/full; echo ended with $?; reflex {arguments} >&-; echo ended with $?");

        Assert.Equal(0, await shell.EndsAsync());
        Assert.Equal(
            "reflex: The output could not be written: No space left on device.\n"
            + "reflex: The output could not be written: it was closed at the start.\n",
            shell.Errors);
        Assert.Equal(2, shell.Printed.Split("ended with 1\n").Length - 1);
    }

    [Fact]
    public async Task Append_OutputThatCantBeWritten_TellsWhatItDidAllTheSame()
    {
        var stream = await silo.CreateStreamAsync();
        const string Event = """{"type":1,"foreignId":"a"}""";

        await using var shell = Shell(
            $"{WithoutReader}; reflex append {stream} --type 1 --foreign-id a >&-; echo ended with $?; "
            + $"echo '{Event}' | reflex append {stream} --file - >&-; echo ended with $?; "
            + $"echo '{Event}' | reflex append {stream} --file - >&5; echo ended with $?; "
            + $"reflex stream {stream} --to-head | wc -l");

        Assert.Equal(0, await shell.EndsAsync());
        Assert.Equal(
            "reflex: Appended 0/1. But this could not be written to the output: it was closed at the start.\n"
            + $"reflex: Appended 1 events to '{stream}'. But this could not be written to the output: it was closed at the start.\n",
            shell.Errors);
        var printed = shell.Printed.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(
            ["ended with 1", "ended with 1", "ended with 141", "3"],
            printed.Where(line => !line.StartsWith("reflex:", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Run_ErrorOutputClosedOrFull_EndsWithItsCodeAllTheSame()
    {
        await using var shell = Shell(
            "reflex streams list >list 2>&-; echo ended with $?; grep -c demo list; reflex bogus 2>&-; echo ended with $?; "
            + "reflex streams describe nowhere 2>&-; echo ended with $?; reflex bogus >&- 2>&- <&-; echo ended with $?; "
            + "reflex append demo --file - <&- 2>error; echo ended with $?; grep -c 'closed at the start' error");

        Assert.Equal(0, await shell.EndsAsync());
        Assert.Equal(
            "ended with 0\n1\nended with 2\nended with 1\nended with 2\nended with 1\n1\n", shell.Printed);
    }

    [Fact]
    public async Task Run_OutputsInOneFile_AreWrittenOneAfterTheOther()
    {
        await using var shell = Shell("{ echo before; reflex completion fish; echo after; } >file; cat file");

        Assert.Equal(0, await shell.EndsAsync());
        Assert.StartsWith("before\ncomplete -f -c reflex", shell.Printed, StringComparison.Ordinal);
        Assert.EndsWith("\nafter\n", shell.Printed, StringComparison.Ordinal);
    }

    private async Task<string> AppendedAsync(int count, string? stream = null)
    {
        stream ??= await silo.CreateStreamAsync();
        var lines = string.Concat(Enumerable.Range(0, count).Select(i => $"{{\"type\":{i},\"foreignId\":\"entity\"}}\n"));
        (await silo.PipeAsync(lines, "append", stream, "--file", "-")).Done();
        return stream;
    }

    private Running Shell(string script)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs bash");
        var tool = Path.Combine(AppContext.BaseDirectory, "Reflex.Cli.dll");
        return Running.Start(
            "bash",
            Directory.CreateTempSubdirectory("reflex-tool-").FullName,
            "-c",
            $"export REFLEX_SERVER={silo.GrpcUrl}; reflex() {{ dotnet '{tool}' \"$@\"; }}; {script}");
    }
}
