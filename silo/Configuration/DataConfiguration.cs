using Reflex.Storage;

namespace Reflex.Silo.Configuration;

/// <summary>The data folder of the settings.</summary>
/// <param name="Path"><c>Reflex:DataPath</c>.</param>
/// <param name="Access"><c>Reflex:DataAccess</c>: who may use it.</param>
internal sealed record DataConfiguration(string Path, DataAccess Access)
{
    /// <exception cref="FormatException">A value isn't what it should be; the message names it.</exception>
    public static DataConfiguration Read(IConfiguration configuration)
    {
        var reflex = configuration.GetSection("Reflex");
        return new DataConfiguration(reflex["DataPath"] ?? "data", ReadAccess(reflex.GetSection("DataAccess")));
    }

    /// <summary>The data folder of the settings that a silo with these arguments would have, from wherever it has them.</summary>
    public static DataConfiguration Read(string[] arguments) => Read(WebApplication.CreateBuilder(Options(arguments)).Configuration);

    /// <summary>The settings lie beside the program; the data folder is relative to where it is started.</summary>
    public static WebApplicationOptions Options(string[] arguments) =>
        new() { Args = arguments, ContentRootPath = AppContext.BaseDirectory };

    private static DataAccess ReadAccess(IConfigurationSection setting)
    {
        if (setting.Value is not { Length: > 0 } text)
        {
            return DataAccess.Owner;
        }

        return Enum.GetNames<DataAccess>().Contains(text, StringComparer.OrdinalIgnoreCase)
            ? Enum.Parse<DataAccess>(text, ignoreCase: true)
            : throw new FormatException(
                $"The setting {setting.Path} is '{text}': expected {string.Join(" or ", Enum.GetNames<DataAccess>())}.");
    }
}
