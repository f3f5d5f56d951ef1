namespace Reflex.Silo.Tests.Support;

/// <summary>A copy of the silo's program in a folder of its own: a test may do what it likes to the settings file beside it.</summary>
internal sealed class SiloProgram : IDisposable
{
    private const string Name = "Reflex.Silo";

    // These say where the program is; the rest is only linked to.
    private static readonly string[] Copied = [$"{Name}.dll", $"{Name}.deps.json", $"{Name}.runtimeconfig.json", "appsettings.json"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("reflex-program-");

    public SiloProgram()
    {
        var program = new DirectoryInfo(Path.GetDirectoryName(Running.DllOf("silo"))!);
        foreach (var file in program.EnumerateFileSystemInfos())
        {
            var copy = Path.Combine(_folder.FullName, file.Name);
            if (Copied.Contains(file.Name))
            {
                File.Copy(file.FullName, copy);
            }
            else
            {
                File.CreateSymbolicLink(copy, file.FullName);
            }
        }

        Original = File.ReadAllText(SettingsFile);
    }

    /// <summary>The settings that come with the silo.</summary>
    public string Original { get; }

    public string SettingsFile => Path.Combine(_folder.FullName, "appsettings.json");

    /// <summary>The file of the settings of its environment, which isn't there.</summary>
    public string EnvironmentFile => Path.Combine(_folder.FullName, "appsettings.Production.json");

    /// <summary>What runs it.</summary>
    public string[] Command => ["dotnet", Path.Combine(_folder.FullName, $"{Name}.dll")];

    /// <summary>Writes settings as an editor does, into a file beside that then takes the place of the other.</summary>
    public void Save(string settings)
    {
        var written = $"{SettingsFile}.new";
        File.WriteAllText(written, settings);
        File.Move(written, SettingsFile, overwrite: true);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
