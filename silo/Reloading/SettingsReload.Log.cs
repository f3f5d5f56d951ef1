namespace Reflex.Silo.Reloading;

internal sealed partial class SettingsReload
{
    [LoggerMessage(
        LogLevel.Warning,
        "The settings file {Path} can't be taken, since {Reason}: the silo goes on with the settings that it has.")]
    private static partial void LogFileBad(ILogger logger, string path, string reason);

    [LoggerMessage(LogLevel.Information, "The settings file {Path} is good again.")]
    private static partial void LogFileGood(ILogger logger, string path);

    [LoggerMessage(LogLevel.Warning, "Changed settings can't be taken: {Faults} The silo goes on with the settings that it has.")]
    private static partial void LogSettingsBad(ILogger logger, string faults);

    [LoggerMessage(LogLevel.Information, "The changed settings are good again.")]
    private static partial void LogSettingsGood(ILogger logger);

    [LoggerMessage(LogLevel.Information, "Changed settings are in force: {Settings}.")]
    private static partial void LogTaken(ILogger logger, string settings);

    [LoggerMessage(LogLevel.Information, "Changed settings take effect at the next start: {Settings}.")]
    private static partial void LogDeferred(ILogger logger, string settings);

    [LoggerMessage(
        LogLevel.Warning,
        "The endpoint {Endpoint} is served as before: it takes a restart of the silo to move it, or to take it away.")]
    private static partial void LogEndpointKept(ILogger logger, string endpoint);

    [LoggerMessage(LogLevel.Warning, "The changed settings of {Endpoint} can't be taken: {Reason}")]
    private static partial void LogEndpointRefused(ILogger logger, string endpoint, string reason);

    [LoggerMessage(LogLevel.Information, "The changed settings of {Endpoint} are in force.")]
    private static partial void LogEndpointTaken(ILogger logger, string endpoint);

    [LoggerMessage(LogLevel.Error, "Changed settings can't be taken: the silo goes on with the settings that it has.")]
    private static partial void LogReloadFailed(ILogger logger, Exception error);
}
