using Reflex.Silo.Commands;

namespace Reflex.Silo.Settings;

/// <summary>The settings of a silo with the given arguments, from wherever it has them.</summary>
internal static class SiloSettings
{
    /// <summary>A builder with the settings, once it is sure that each means something.</summary>
    /// <param name="arguments">The program's arguments, without a command.</param>
    /// <exception cref="FormatException">There are faults; the message has a sentence for each.</exception>
    public static WebApplicationBuilder CreateBuilder(string[] arguments)
    {
        CommandLine.Require(arguments, SiloCommands.Names);
        EnvironmentVariables.Require();

        // The settings lie beside the program; the data folder is relative to where it is started.
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions { Args = arguments, ContentRootPath = AppContext.BaseDirectory });
        SettingsCheck.Require(builder.Configuration);
        return builder;
    }
}
