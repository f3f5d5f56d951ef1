using System.Text;

namespace Reflex.Cli.Tests.Support;

/// <summary>What the tool prints and ends with.</summary>
internal sealed record Tool(int Code, string Output, string Error)
{
    public static Task<Tool> RunAsync(params string[] arguments) => PipeAsync("", arguments);

    /// <summary>Runs the tool with something piped into it.</summary>
    public static Task<Tool> PipeAsync(string input, params string[] arguments) =>
        PipeAsync(Encoding.UTF8.GetBytes(input), arguments);

    /// <summary>Runs the tool with bytes piped into it.</summary>
    public static async Task<Tool> PipeAsync(byte[] input, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await ReflexTool.RunAsync(arguments, new MemoryStream(input), output, error);
        return new Tool(code, output.ToString(), error.ToString());
    }

    /// <summary>The one sentence with which it failed.</summary>
    public string Sentence(int expectedCode)
    {
        Assert.Equal(expectedCode, Code);
        Assert.StartsWith("reflex: ", Error, StringComparison.Ordinal);
        Assert.Equal(1, Error.Count(c => c == '\n'));
        return Error;
    }

    /// <summary>What it printed, of a run that went well.</summary>
    public string Done()
    {
        Assert.True(Code == 0, $"The tool ended with {Code}: {Error}");
        return Output;
    }
}
