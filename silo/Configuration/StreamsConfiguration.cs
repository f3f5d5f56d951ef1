using Reflex.Cursors;
using Reflex.Silo.Settings;
using Reflex.Streams;

namespace Reflex.Silo.Configuration;

/// <summary>The streams of the <c>Reflex:Streams</c> section, which the silo defines at its start.</summary>
internal static class StreamsConfiguration
{
    /// <exception cref="FormatException">A name or a value isn't what it should be; the message names it.</exception>
    public static IReflexBuilder AddConfiguredStreams(this IReflexBuilder reflex, IConfigurationSection streams)
    {
        foreach (var stream in Read(streams))
        {
            reflex.AddStream(stream.Name, stream.Partitions, stream.KeepsStoredRetention ? null : stream.Retention);
        }

        return reflex;
    }

    /// <summary>The streams as they are configured.</summary>
    /// <param name="streams">The section, whose values <see cref="SettingsCheck"/> has found to be numbers and times.</param>
    /// <exception cref="FormatException">A name can't be a stream's, or a value is out of its range; the message names it.</exception>
    public static IReadOnlyList<StreamDefinition> Read(IConfigurationSection streams) => [.. streams.GetChildren().Select(ReadOne)];

    private static StreamDefinition ReadOne(IConfigurationSection section)
    {
        var stream = section.Get<StreamSettings>() ?? new StreamSettings();
        var retention = stream.Retention ?? new RetentionSettings();
        var partitions = stream.Partitions ?? 1;
        Require(partitions is >= 1 and <= Cursor.MaxPartitions, section, "Partitions", $"a number from 1 to {Cursor.MaxPartitions}");
        Require(retention.MaxBytes is null or >= 1, section, "Retention:MaxBytes", $"a number from 1 to {long.MaxValue}");
        Require(retention.MaxAge is null || retention.MaxAge > TimeSpan.Zero, section, "Retention:MaxAge", "a time longer than zero");
        return new StreamDefinition(
            StreamName.Parse(section.Key), partitions, new Retention { MaxAge = retention.MaxAge, MaxBytes = retention.MaxBytes })
        {
            KeepsStoredRetention = stream.Retention is null,
        };
    }

    private static void Require(bool isInRange, IConfigurationSection section, string name, string expected)
    {
        if (!isInRange)
        {
            var setting = section.GetSection(name);
            throw new FormatException($"The setting {setting.Path} is '{setting.Value}': expected {expected}.");
        }
    }
}
