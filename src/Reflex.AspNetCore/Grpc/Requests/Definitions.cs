using System.Globalization;
using Reflex.Cursors;
using Reflex.Streams;
using V1 = Reflex.Grpc.V1;

namespace Reflex.AspNetCore.Grpc.Requests;

/// <summary>Reads the definition of a stream.</summary>
internal static class Definitions
{
    /// <exception cref="FormatException">It is missing, or its name, number of partitions or retention isn't allowed.</exception>
    public static StreamDefinition Read(V1.StreamDefinition? definition)
    {
        if (definition is null)
        {
            throw new FormatException("The request has no stream: expected its name and its number of partitions.");
        }

        var name = StreamName.Parse(definition.Name);
        return definition.Partitions is >= 1 and <= Cursor.MaxPartitions
            ? new StreamDefinition(name, definition.Partitions, definition.Retention is { } retention ? Read(retention) : null)
            : throw new FormatException(string.Create(
                CultureInfo.InvariantCulture,
                $"The stream '{name}' has {definition.Partitions} partitions: expected 1 to {Cursor.MaxPartitions}."));
    }

    private static Retention Read(V1.Retention retention)
    {
        var maxAge = retention.MaxAge is { } age ? ProtoTime.ToTimeSpan(age, "retention's max_age") : default(TimeSpan?);
        if (maxAge <= TimeSpan.Zero)
        {
            throw new FormatException($"The retention's max_age is {maxAge}: expected a positive one, or none.");
        }

        var maxBytes = retention.HasMaxBytes ? retention.MaxBytes : default(long?);
        return maxBytes <= 0
            ? throw new FormatException($"The retention's max_bytes is {maxBytes}: expected a positive number, or none.")
            : new Retention { MaxAge = maxAge, MaxBytes = maxBytes };
    }
}
