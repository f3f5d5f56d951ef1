using Reflex.Silo.Tests.Support;

namespace Reflex.Silo.Tests.Deploying;

/// <summary>The files of the repository, which is where a deployment begins.</summary>
internal static class Repository
{
    /// <summary>Its folder.</summary>
    public static string Root { get; } =
        new DirectoryInfo(Path.GetDirectoryName(Running.DllOf("silo"))!).Parent!.Parent!.Parent!.Parent!.FullName;

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    public static string Read(params string[] parts) => File.ReadAllText(PathOf(parts));
}
