using System.CommandLine;
using System.CommandLine.Parsing;
using Reflex.Consumers;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Streams;

namespace Reflex.Cli.Streams;

/// <summary>The nouns of Reflex on the command line. A text that breaks a noun's rule is refused in the words of that rule.</summary>
internal static class StreamArguments
{
    public static Argument<StreamName> Stream() => new("stream")
    {
        Description = "The stream's name.",
        CustomParser = result => Parse(result, StreamName.Parse),
    };

    public static Argument<ConsumerName> Consumer() => new("consumer")
    {
        Description = "The consumer's name.",
        CustomParser = result => Parse(result, ConsumerName.Parse),
    };

    public static Argument<Cursor> Cursor() => new("cursor")
    {
        Description = "An event's id, of a stream with several partitions one for each (12.40.7), or \"\" for the oldest event.",
        CustomParser = result => Parse(result, Cursors.Cursor.Parse),
    };

    public static Option<Cursor> After() => new("--after")
    {
        Description = "The cursor after which to begin; without it, with the oldest event.",
        CustomParser = result => Parse(result, Cursors.Cursor.Parse),
    };

    public static Argument<EventId> EventId(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = result => Parse(result, text => Reflex.Events.EventId.Parse(text)),
    };

    private static T? Parse<T>(ArgumentResult result, Func<string, T> parse)
    {
        try
        {
            return parse(result.Tokens[0].Value);
        }
        catch (FormatException error)
        {
            result.AddError(error.Message);
            return default;
        }
    }
}
