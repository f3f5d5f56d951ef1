using System.Globalization;
using Reflex.Streams;

namespace Reflex.Silo.Configuration;

/// <summary>
/// The streams of the <c>Reflex:Streams</c> section: for each name <c>Partitions</c>, <c>Retention:MaxAge</c> and
/// <c>Retention:MaxBytes</c>, all of which may be missing.
/// </summary>
internal static class StreamsConfiguration
{
    // hh:mm:ss. Shorter forms are ambiguous: 7 alone would be days.
    private const int ShortestTimeSpan = 8;

    /// <exception cref="FormatException">A key is unknown or a value isn't what it should be; the message names it.</exception>
    public static IReflexBuilder AddConfiguredStreams(this IReflexBuilder reflex, IConfigurationSection streams)
    {
        foreach (var stream in streams.GetChildren())
        {
            KnownSettings.Require(stream, "Partitions", "Retention");
            var retention = stream.GetSection("Retention");
            KnownSettings.Require(retention, "MaxAge", "MaxBytes");
            reflex.AddStream(
                StreamName.Parse(stream.Key),
                (int)(ReadNumber(stream.GetSection("Partitions"), Cursors.Cursor.MaxPartitions) ?? 1),
                new Retention
                {
                    MaxAge = ReadTimeSpan(retention.GetSection("MaxAge")),
                    MaxBytes = ReadNumber(retention.GetSection("MaxBytes"), long.MaxValue),
                });
        }

        return reflex;
    }

    private static long? ReadNumber(IConfigurationSection setting, long most)
    {
        if (setting.Value is not { Length: > 0 } text)
        {
            return null;
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= most
            ? number
            : throw new FormatException($"The setting {setting.Path} is '{text}': expected a number from 1 to {most}.");
    }

    private static TimeSpan? ReadTimeSpan(IConfigurationSection setting)
    {
        if (setting.Value is not { Length: > 0 } text)
        {
            return null;
        }

        return text.Length >= ShortestTimeSpan
            && TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var time)
            && time > TimeSpan.Zero
            ? time
            : throw new FormatException($"The setting {setting.Path} is '{text}': expected a time such as 7.00:00:00 or 01:30:00.");
    }
}
