using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Console;

namespace Reflex.Silo.Logging;

/// <summary>How the silo's log looks.</summary>
internal static class LoggingConfiguration
{
    private const string Setting = "Logging:Console:FormatterName";

    // RFC 3339, in UTC: without one the framework's JSON has no time at all.
    private const string JsonTimestamp = "yyyy-MM-ddTHH:mm:ss.fffZ";

    /// <summary>
    /// Lets the console write with the <see cref="LineFormatter"/>, unless <c>Logging:Console:FormatterName</c> is <c>json</c> or
    /// <c>systemd</c>. The framework's <c>simple</c> is no choice, since it writes what it is given.
    /// </summary>
    /// <exception cref="FormatException">The setting names no form that there is.</exception>
    public static ILoggingBuilder AddLines(this ILoggingBuilder logging, IConfiguration configuration)
    {
        var form = Choose(configuration);
        logging.Services.TryAddSingleton(TimeProvider.System);
        logging.Services.PostConfigure<ConsoleLoggerOptions>(options => options.FormatterName = form);
        logging.Services.PostConfigure<JsonConsoleFormatterOptions>(options =>
        {
            if (options.TimestampFormat is null)
            {
                options.TimestampFormat = JsonTimestamp;
                options.UseUtcTimestamp = true;
            }
        });
        return logging.AddConsoleFormatter<LineFormatter, SimpleConsoleFormatterOptions>();
    }

    /// <summary>Whether people read the log, and not a program that understands what each line is.</summary>
    public static bool IsForPeople(IConfiguration configuration) => Choose(configuration) == LineFormatter.FormatterName;

    private static string Choose(IConfiguration configuration) => configuration[Setting]?.ToLowerInvariant() switch
    {
        null or "" or LineFormatter.FormatterName or ConsoleFormatterNames.Simple => LineFormatter.FormatterName,
        ConsoleFormatterNames.Json => ConsoleFormatterNames.Json,
        ConsoleFormatterNames.Systemd => ConsoleFormatterNames.Systemd,
        _ => throw new FormatException(
            $"The setting {Setting} is '{configuration[Setting]}': expected {LineFormatter.FormatterName}, {ConsoleFormatterNames.Json} or "
            + $"{ConsoleFormatterNames.Systemd}."),
    };
}
