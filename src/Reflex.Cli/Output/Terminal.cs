using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace Reflex.Cli.Output;

/// <summary>Where a command prints: tables for people, JSON for scripts, and progress only where somebody sees it.</summary>
internal sealed class Terminal
{
    // Where there is no terminal there is no width that lines would have to keep.
    private const int RedirectedWidth = 10_000;

    private static readonly JsonSerializerOptions JsonOptions = new() { WriteIndented = true };

    private readonly TextWriter _output;

    public Terminal(TextWriter output, TextWriter error, bool isJson)
    {
        _output = output;
        IsJson = isJson;
        Console = Open(output, System.Console.IsOutputRedirected);
        Progress = Open(error, System.Console.IsErrorRedirected);
    }

    /// <summary>Whether the output is for a program.</summary>
    public bool IsJson { get; }

    /// <summary>The output, for people.</summary>
    public IAnsiConsole Console { get; }

    /// <summary>Where progress goes: the error output.</summary>
    public IAnsiConsole Progress { get; }

    /// <summary>Whether somebody sees the progress.</summary>
    public bool IsProgressShown => !System.Console.IsErrorRedirected;

    /// <summary>Prints a table, or a JSON array of objects.</summary>
    public void Write(Listing listing)
    {
        if (IsJson)
        {
            WriteJson(listing.ToJson());
        }
        else
        {
            Console.Write(listing.ToTable());
        }
    }

    /// <summary>Prints a sentence, or a JSON value in its place.</summary>
    public void Write(string sentence, JsonNode json)
    {
        if (IsJson)
        {
            WriteJson(json);
        }
        else
        {
            _output.WriteLine(sentence);
        }
    }

    public void WriteJson(JsonNode json) => _output.WriteLine(json.ToJsonString(JsonOptions));

    private static IAnsiConsole Open(TextWriter writer, bool isRedirected)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = isRedirected ? AnsiSupport.No : AnsiSupport.Detect,
            Interactive = isRedirected ? InteractionSupport.No : InteractionSupport.Detect,
        });
        if (isRedirected)
        {
            console.Profile.Width = RedirectedWidth;
        }

        return console;
    }
}
