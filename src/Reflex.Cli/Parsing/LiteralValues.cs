using System.CommandLine;

namespace Reflex.Cli.Parsing;

/// <summary>
/// Makes what stands after an option that takes a value its value, whatever it looks like: a text such as "--json", "--type=5", "--" or
/// "" is as good as any other. And lets a flag take nothing of what comes after it.
/// </summary>
/// <remarks>The parser would look at such texts first, as an option, an end of options, or no value.</remarks>
internal static class LiteralValues
{
    private static readonly char[] Separators = ['=', ':'];

    /// <summary>The arguments in the one form that the parser takes literally, with the value in the same argument.</summary>
    /// <param name="arguments">The arguments as they were given.</param>
    /// <param name="root">The tool, whose options each mean the same in all its commands.</param>
    public static IReadOnlyList<string> In(IReadOnlyList<string> arguments, Command root)
    {
        var options = OptionsOf(root).DistinctBy(option => option.Name).ToDictionary(option => option.Name);
        var literal = new List<string>(arguments.Count);
        for (var i = 0; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            if (argument == "--")
            {
                literal.AddRange(arguments.Skip(i));
                break;
            }

            if (options.TryGetValue(argument, out var option))
            {
                if (option.ValueType == typeof(bool))
                {
                    literal.Add($"{argument}=true");
                }
                else if (i + 1 < arguments.Count)
                {
                    Add(literal, argument, arguments[++i]);
                }
                else
                {
                    literal.Add(argument);
                }
            }
            else if (argument.IndexOfAny(Separators) is var end and > 0 && options.TryGetValue(argument[..end], out option)
                && option.ValueType != typeof(bool))
            {
                Add(literal, option.Name, argument[(end + 1)..]);
            }
            else
            {
                literal.Add(argument);
            }
        }

        return literal;
    }

    // An empty value is the only one that the parser doesn't take from the same argument, and does take as one of its own.
    private static void Add(List<string> literal, string option, string value) =>
        literal.AddRange(value.Length == 0 ? [option, value] : [$"{option}={value}"]);

    private static IEnumerable<Option> OptionsOf(Command command) => command.Options
        .Where(option => option.Arity.MaximumNumberOfValues > 0)
        .Concat(command.Subcommands.SelectMany(OptionsOf));
}
