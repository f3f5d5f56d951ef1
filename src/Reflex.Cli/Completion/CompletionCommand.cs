using System.CommandLine;
using Reflex.Cli.Output;

namespace Reflex.Cli.Completion;

/// <summary><c>reflex completion bash|zsh|fish|pwsh</c>: the lines that make a shell complete the tool's commands and options.</summary>
internal static class CompletionCommand
{
    private static readonly Dictionary<string, string> Scripts = new()
    {
        ["bash"] =
            """
            _reflex() {
                local IFS=$'\n'
                COMPREPLY=($(compgen -W "$(reflex "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
            }
            complete -o default -F _reflex reflex
            """,
        ["zsh"] =
            """
            _reflex() {
                compadd -- ${(f)"$(reflex "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)"}
            }
            compdef _reflex reflex
            """,
        ["fish"] =
            """
            complete -f -c reflex -a '(reflex "[suggest:"(commandline -C)"]" (commandline) 2>/dev/null)'
            """,
        ["pwsh"] =
            """
            Register-ArgumentCompleter -Native -CommandName reflex -ScriptBlock {
                param($word, $ast, $cursor)
                reflex "[suggest:$cursor]" "$ast" 2>$null | Where-Object { $_ -like "$word*" } |
                    ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
            }
            """,
    };

    public static Command Create(CommandRunner runner)
    {
        var shell = new Argument<string>("shell") { Description = "The shell." };
        shell.AcceptOnlyFromAmong([.. Scripts.Keys]);
        var command = new Command("completion", "Prints what lets a shell complete this: eval \"$(reflex completion bash)\".") { shell };
        runner.SetLocal(command, async (parsed, _, _) =>
        {
            await parsed.InvocationConfiguration.Output.WriteLineAsync(Scripts[parsed.GetRequiredValue(shell)]);
            return ExitCodes.Done;
        });
        return command;
    }
}
