using Reflex.Silo.Reloading;
using Reflex.Silo.Settings;

namespace Reflex.Silo.Configuration;

/// <summary>Builders with the settings of the silo, from wherever it has them.</summary>
internal static class CheckedBuilder
{
    /// <summary>A builder, once it is sure that each setting means something.</summary>
    /// <param name="arguments">The program's arguments, without a command.</param>
    /// <param name="commands">The commands that could be in the place of the settings.</param>
    /// <exception cref="FormatException">There are faults; the message has a sentence for each.</exception>
    public static WebApplicationBuilder Create(string[] arguments, params IEnumerable<string> commands)
    {
        arguments = CommandLine.WriteOut(arguments);
        CommandLine.Require(arguments, commands);
        EnvironmentVariables.Require();

        // The settings lie beside the program; the data folder is relative to where it is started.
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions { Args = arguments, ContentRootPath = AppContext.BaseDirectory });
        builder.UseSettingsFiles();
        SettingsCheck.Require(builder.Configuration);
        return builder;
    }
}
