using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace Reflex.Silo.Logging;

/// <summary>Writes one line for each event of the log, whatever others have put into it.</summary>
/// <remarks>
/// It looks as the framework's own single lines do, which let escape characters through and break at a carriage return. All of a line
/// but its colour goes through <see cref="VisibleText"/>, its message and its exception each up to a bound of their own.
/// </remarks>
internal sealed class LineFormatter : ConsoleFormatter, IDisposable
{
    /// <summary>The name of the formatter in <c>Logging:Console:FormatterName</c>.</summary>
    public const string FormatterName = "line";

    private const string DefaultTimestamp = "yyyy-MM-ddTHH:mm:ss.fffZ ";
    private const string Plain = "\u001b[39m\u001b[22m\u001b[49m";

    // What these log as their errors is mostly that a client has gone, wherever they were just then.
    private static readonly string[] WithoutStacks = ["Grpc.", "Microsoft.AspNetCore.Server.Kestrel"];

    private readonly TimeProvider _timeProvider;
    private readonly IDisposable? _changes;
    private Settings _settings;

    public LineFormatter(IOptionsMonitor<SimpleConsoleFormatterOptions> options, TimeProvider timeProvider)
        : base(FormatterName)
    {
        _timeProvider = timeProvider;
        _settings = Settings.From(options.CurrentValue);
        _changes = options.OnChange(changed => _settings = Settings.From(changed));
    }

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var settings = _settings;
        var message = logEntry.Formatter(logEntry.State, logEntry.Exception);
        if (message is null && logEntry.Exception is null)
        {
            return;
        }

        var line = new StringBuilder(settings.Timestamp(_timeProvider));
        var (level, colour) = Describe(logEntry.LogLevel);
        line.Append(settings.HasColours ? $"{colour}{level}{Plain}" : level).Append(": ");
        VisibleText.Append(line, logEntry.Category);
        line.Append(CultureInfo.InvariantCulture, $"[{logEntry.EventId.Id}]");
        if (settings.HasScopes)
        {
            scopeProvider?.ForEachScope(static (scope, text) => AppendPart(text.Append(" =>"), scope?.ToString()), line);
        }

        AppendPart(line, message);
        AppendPart(line, logEntry.Exception is { } exception ? Describe(exception, logEntry.Category) : null);
        textWriter.WriteLine(line.ToString());
    }

    public void Dispose() => _changes?.Dispose();

    private static void AppendPart(StringBuilder line, string? part)
    {
        if (!string.IsNullOrEmpty(part))
        {
            line.Append(' ');
            VisibleText.Append(line, part);
        }
    }

    private static string Describe(Exception exception, string category) =>
        InOneLine(Array.Exists(WithoutStacks, prefix => category.StartsWith(prefix, StringComparison.Ordinal))
            ? DescribeCauses(exception)
            : exception.ToString());

    private static string DescribeCauses(Exception exception)
    {
        var described = $"{exception.GetType()}: {exception.Message}";
        return exception.InnerException is { } cause ? $"{described} ---> {DescribeCauses(cause)}" : described;
    }

    // Its own line breaks separate frames of the stack, and would only be noise as escapes.
    private static string InOneLine(string exception) =>
        string.Join(' ', exception.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    private static (string Name, string Colour) Describe(LogLevel level) => level switch
    {
        LogLevel.Trace => ("trce", "\u001b[40m\u001b[37m"),
        LogLevel.Debug => ("dbug", "\u001b[40m\u001b[37m"),
        LogLevel.Information => ("info", "\u001b[40m\u001b[32m"),
        LogLevel.Warning => ("warn", "\u001b[40m\u001b[1m\u001b[33m"),
        LogLevel.Error => ("fail", "\u001b[41m\u001b[30m"),
        _ => ("crit", "\u001b[41m\u001b[1m\u001b[37m"),
    };

    /// <summary>The options, read once for all lines until they change.</summary>
    private sealed record Settings(string Format, bool IsUtc, bool HasScopes, bool HasColours)
    {
        public static Settings From(SimpleConsoleFormatterOptions options) => options.TimestampFormat is { } format && IsFormat(format)
            ? new Settings(format, options.UseUtcTimestamp, options.IncludeScopes, ShowsColours(options.ColorBehavior))
            : new Settings(DefaultTimestamp, IsUtc: true, options.IncludeScopes, ShowsColours(options.ColorBehavior));

        public string Timestamp(TimeProvider timeProvider) =>
            (IsUtc ? timeProvider.GetUtcNow() : timeProvider.GetLocalNow()).ToString(Format, CultureInfo.InvariantCulture);

        // A log must not fail for the way in which it tells the time.
        private static bool IsFormat(string format)
        {
            try
            {
                return DateTimeOffset.UnixEpoch.ToString(format, CultureInfo.InvariantCulture) is not null;
            }
            catch (FormatException)
            {
                return false;
            }
        }

        private static bool ShowsColours(LoggerColorBehavior behavior) => behavior switch
        {
            LoggerColorBehavior.Enabled => true,
            LoggerColorBehavior.Disabled => false,
            _ => !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is null,
        };
    }
}
