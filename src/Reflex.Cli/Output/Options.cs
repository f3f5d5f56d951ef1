using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Reflex.Json;

namespace Reflex.Cli.Output;

/// <summary>Options that many commands have.</summary>
internal static class Options
{
    /// <summary>A number with a default and a range.</summary>
    public static Option<long> Number(string name, string description, long usual, long least, long most) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => usual,
        CustomParser = result => ParseNumber(result, name, least, most) ?? usual,
    };

    /// <summary>A number with a range; null without it.</summary>
    public static Option<long?> Number(string name, string description, long least, long most) => new(name)
    {
        Description = description,
        CustomParser = result => ParseNumber(result, name, least, most),
    };

    /// <summary>A moment, in the form that events have; null without it.</summary>
    public static Option<DateTimeOffset?> Moment(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (EventJsonReader.TryParseTimestamp(text, out var value))
            {
                return value;
            }

            result.AddError($"{name} is {text}; it must be a moment with a time zone such as 2026-01-02T03:04:05Z.");
            return null;
        },
    };

    /// <summary>A file's path.</summary>
    public static Option<string?> Path(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = result => ParsePath(result, name),
    };

    /// <summary>A folder's path.</summary>
    public static Argument<string> Folder(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = result => ParsePath(result, $"The {name}") ?? "",
    };

    /// <summary>A span of time that isn't negative.</summary>
    public static Option<TimeSpan?> Time(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (text.Contains(':', StringComparison.Ordinal)
                && TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var value)
                && value >= TimeSpan.Zero)
            {
                return value;
            }

            result.AddError($"{name} is {text}; it must be a time such as 00:00:05 or 7.00:00:00.");
            return null;
        },
    };

    private static long? ParseNumber(ArgumentResult result, string name, long least, long most)
    {
        var text = result.Tokens[0].Value;
        if (long.TryParse(text, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
        {
            return value;
        }

        result.AddError($"{name} is {text}; it must be a number from {least} to {most}.");
        return null;
    }

    private static string? ParsePath(ArgumentResult result, string what)
    {
        if (result.Tokens[0].Value is { Length: > 0 } path)
        {
            return path;
        }

        result.AddError($"{what} is empty; it must be a path.");
        return null;
    }
}
