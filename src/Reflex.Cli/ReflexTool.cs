using System.CommandLine;
using System.CommandLine.Help;
using Reflex.Cli.Benchmarks;
using Reflex.Cli.Completion;
using Reflex.Cli.Connection;
using Reflex.Cli.Consumers;
using Reflex.Cli.Copying;
using Reflex.Cli.Events;
using Reflex.Cli.Output;
using Reflex.Cli.Parsing;
using Reflex.Cli.Postgres;
using Reflex.Cli.Streams;
using Reflex.Cli.Verifying;

namespace Reflex.Cli;

/// <summary>The tool, from its arguments to its exit code.</summary>
internal static class ReflexTool
{
    // An append under way ends, and says how far it came, before an interrupted tool does.
    private static readonly TimeSpan TerminationTimeout = TimeSpan.FromSeconds(10);

    // Nothing that a user gives is looked into: no @files, and no options that are bundled with others.
    private static readonly ParserConfiguration Literally = new() { ResponseFileTokenReplacer = null, EnablePosixBundling = false };

    /// <param name="arguments">What the user gave.</param>
    /// <param name="input">What is piped in; null when it is closed.</param>
    /// <param name="output">Where results go.</param>
    /// <param name="error">Where errors and progress go.</param>
    public static async Task<int> RunAsync(string[] arguments, Stream? input, TextWriter output, TextWriter error)
    {
        try
        {
            RawArguments.RequireText(arguments);
            return await RunAsync(Parse(arguments, input), output, error);
        }
        catch (ReaderGoneException)
        {
            return ExitCodes.ReaderGone;
        }
        catch (OutputException failure)
        {
            await ErrorLine.WriteAsync(error, failure.Message);
            return ExitCodes.Failed;
        }
        catch (FormatException misuse)
        {
            // Of a directive such as [suggest:x], which isn't looked at before it acts.
            await ErrorLine.WriteAsync(error, misuse.Message);
            return ExitCodes.Misused;
        }
    }

    private static ParseResult Parse(string[] arguments, Stream? input)
    {
        var cluster = new ClusterOptions();
        var json = new Option<bool>("--json") { Description = "Print JSON instead of tables.", Recursive = true };
        var root = new RootCommand("Looks at the streams and consumers of a Reflex cluster, appends and streams events.") { json };
        cluster.AddTo(root);
        var runner = new CommandRunner(cluster, json, input);
        root.Add(StreamCommands.Create(runner));
        root.Add(AppendCommand.Create(runner));
        root.Add(StreamCommand.Create(runner));
        root.Add(ConsumerCommands.Create(runner));
        root.Add(VerifyCommand.Create(runner));
        root.Add(CopyCommand.Create(runner));
        root.Add(PostgresCommands.Create(runner));
        root.Add(BenchCommand.Create(runner));
        root.Add(CompletionCommand.Create(runner));

        // A folder may be called so.
        var help = root.Options.OfType<HelpOption>().Single();
        help.Aliases.Remove("/h");
        help.Aliases.Remove("/?");
        return root.Parse(LiteralValues.In(arguments, root), Literally);
    }

    private static async Task<int> RunAsync(ParseResult parsed, TextWriter output, TextWriter error)
    {
        if (parsed.Errors.Count > 0)
        {
            var sentence = parsed.UnmatchedTokens is [var unknown, ..]
                ? $"There is no command or option '{unknown}' here."
                : parsed.Errors[0].Message;
            await ErrorLine.WriteAsync(error, $"{sentence} See {CommandLine(parsed.CommandResult)} --help.");
            return ExitCodes.Misused;
        }

        return await parsed.InvokeAsync(new InvocationConfiguration
        {
            Output = output,
            Error = error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = TerminationTimeout,
        });
    }

    private static string CommandLine(System.CommandLine.Parsing.CommandResult command) =>
        command.Parent is System.CommandLine.Parsing.CommandResult parent ? $"{CommandLine(parent)} {command.Command.Name}" : "reflex";
}
