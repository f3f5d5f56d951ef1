using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Console;

namespace Reflex.Silo.Logging;

/// <summary>How the silo's log looks.</summary>
internal static class LoggingConfiguration
{
    /// <summary>
    /// Lets the console write with the <see cref="LineFormatter"/>, unless <c>Logging:Console:FormatterName</c> is <c>json</c> or
    /// <c>systemd</c>. The framework's <c>simple</c> is no choice, since it writes what it is given.
    /// </summary>
    public static ILoggingBuilder AddLines(this ILoggingBuilder logging)
    {
        logging.Services.TryAddSingleton(TimeProvider.System);
        logging.Services.PostConfigure<ConsoleLoggerOptions>(options => options.FormatterName = Choose(options.FormatterName));
        return logging.AddConsoleFormatter<LineFormatter, SimpleConsoleFormatterOptions>();
    }

    private static string Choose(string? name) => name?.ToLowerInvariant() switch
    {
        ConsoleFormatterNames.Json => ConsoleFormatterNames.Json,
        ConsoleFormatterNames.Systemd => ConsoleFormatterNames.Systemd,
        _ => LineFormatter.FormatterName,
    };
}
