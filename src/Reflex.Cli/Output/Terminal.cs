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
    private readonly TextWriter _error;

    public Terminal(TextWriter output, TextWriter error, bool isJson)
    {
        _output = output;
        _error = error;
        IsJson = isJson;
    }

    /// <summary>Whether the output is for a program.</summary>
    public bool IsJson { get; }

    /// <summary>Whether somebody sees the output as it is written.</summary>
    public static bool IsOutputShown => !System.Console.IsOutputRedirected;

    /// <summary>How many characters a line of a table may have.</summary>
    public static int Width => IsOutputShown ? System.Console.WindowWidth : RedirectedWidth;

    /// <summary>Whether somebody sees the progress.</summary>
    public static bool IsProgressShown => !System.Console.IsErrorRedirected;

    /// <summary>Prints a table, or a JSON array of objects.</summary>
    public void Write(Listing listing)
    {
        if (IsJson)
        {
            WriteJson(listing.ToJson());
            return;
        }

        // Without colours and the like: a table has none.
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(_output), Ansi = AnsiSupport.No, Interactive = InteractionSupport.No,
        });
        if (!IsOutputShown)
        {
            console.Profile.Width = RedirectedWidth;
        }

        console.Write(listing.ToTable());
    }

    /// <summary>Prints the sentence that tells what was done, or a JSON value in its place.</summary>
    /// <exception cref="OutputException">It couldn't be printed; the error tells it instead.</exception>
    public void Write(string sentence, JsonNode json)
    {
        try
        {
            if (IsJson)
            {
                WriteJson(json);
            }
            else
            {
                WriteLine(sentence);
            }
        }
        catch (OutputException error)
        {
            throw new OutputException(sentence, error);
        }
    }

    /// <summary>Prints a line for people.</summary>
    public void WriteLine(string line) => _output.WriteLine(VisibleText.Of(line));

    /// <summary>Prints JSON that is one line: exactly as it is, but where somebody sees it with the same escapes as other text.</summary>
    public void WriteJsonLine(string line) => _output.WriteLine(IsOutputShown ? VisibleText.Of(line) : line);

    public void WriteJson(JsonNode json) => _output.WriteLine(json.ToJsonString(JsonOptions));

    /// <summary>Tells why nothing was done.</summary>
    public Task WriteErrorAsync(string sentence) => ErrorLine.WriteAsync(_error, sentence);

    /// <summary>Tells something beside the result.</summary>
    public void WriteNote(string sentence) => _error.WriteLine(VisibleText.Of(sentence));

    /// <summary>Writes over the line that says how far the work is.</summary>
    public void WriteProgress(string line) => _error.Write($"\r{VisibleText.Of(line)}");
}
