using System.CommandLine;
using Reflex.Cli.Connection;
using Reflex.Streams;

namespace Reflex.Cli.Output;

/// <summary>Runs a command's work: gives it the cluster and the terminal, and makes its error one sentence and an exit code.</summary>
internal sealed class CommandRunner(ClusterOptions cluster, Option<bool> json, Stream? input)
{
    /// <summary>What is piped into the tool.</summary>
    /// <exception cref="IOException">It was closed at the start.</exception>
    public Stream Input => input ?? throw new IOException("There is nothing to read: the input was closed at the start.");

    /// <summary>Lets a command do something with the cluster.</summary>
    public void Set(Command command, Func<IReflexClient, ParseResult, Terminal, CancellationToken, Task> work) =>
        SetLocal(command, async (parsed, terminal, cancellationToken) =>
        {
            using var connected = cluster.Connect(parsed);
            await work(connected.Client, parsed, terminal, cancellationToken);
            return ExitCodes.Done;
        });

    /// <summary>Lets a command do something that needs no cluster, and choose its exit code.</summary>
    public void SetLocal(Command command, Func<ParseResult, Terminal, CancellationToken, Task<int>> work) =>
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var configuration = parsed.InvocationConfiguration;
            try
            {
                return await work(
                    parsed, new Terminal(configuration.Output, configuration.Error, parsed.GetValue(json)), cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return ExitCodes.Interrupted;
            }
            catch (HeadReachedException)
            {
                return ExitCodes.Done;
            }
            catch (Exception error) when (CodeOf(error) is { } code)
            {
                await ErrorLine.WriteAsync(configuration.Error, SentenceOf(error));
                return code;
            }
        });

    /// <summary>Without the name that a parameter has in the code.</summary>
    private static string SentenceOf(Exception error) => error is ArgumentException { ParamName: { } name }
        ? error.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal)
        : error.Message;

    private static int? CodeOf(Exception error) => error switch
    {
        ReflexException { IsTransient: true } => ExitCodes.TryAgain,
        FormatException or ArgumentException => ExitCodes.Misused,
        ReaderGoneException or OutputException => null,
        ReflexException or InvalidOperationException or IOException or UnauthorizedAccessException or NotSupportedException =>
            ExitCodes.Failed,
        _ => null,
    };
}
