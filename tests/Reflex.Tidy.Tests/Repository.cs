namespace Reflex.Tidy.Tests;

/// <summary>The files that rules look at.</summary>
/// <param name="files">The text files.</param>
/// <param name="others">The paths of the other files.</param>
internal sealed class Repository(IReadOnlyList<SourceFile> files, params IEnumerable<string> others)
{
    private const string SolutionName = "Reflex.Orleans.sln";

    private static readonly string[] Texts = [".cs", ".csproj", ".md", ".sln"];

    // What builds, tests and silos leave behind, as in .gitignore.
    private static readonly string[] Skipped = ["bin", "obj", "artifacts", "data", "TestResults", "node_modules"];

    private readonly HashSet<string> _paths = [.. files.Select(file => file.Path), .. others];

    public IReadOnlyList<SourceFile> Files { get; } = files;

    public SourceFile? Solution => Files.FirstOrDefault(file => file.Path == SolutionName);

    /// <summary>Reads the repository that the tests were built from.</summary>
    public static Repository Load()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, SolutionName)))
        {
            root = root.Parent ?? throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds {SolutionName}.");
        }

        var paths = Enumerate(root).Select(path => Path.GetRelativePath(root.FullName, path).Replace('\\', '/')).ToList();
        var texts = paths.Where(path => Texts.Contains(Path.GetExtension(path)));
        return new Repository(
            [.. texts.Select(path => new SourceFile(path, File.ReadAllText(Path.Combine(root.FullName, path)).ReplaceLineEndings("\n")))],
            paths);
    }

    /// <summary>Whether a file, or a folder with files, is there.</summary>
    public bool Has(string path) =>
        path.Length == 0 || _paths.Contains(path) || _paths.Any(other => other.StartsWith($"{path}/", StringComparison.Ordinal));

    private static IEnumerable<string> Enumerate(DirectoryInfo folder)
    {
        foreach (var file in folder.EnumerateFiles())
        {
            yield return file.FullName;
        }

        foreach (var inner in folder.EnumerateDirectories().Where(inner => inner.Name[0] != '.' && !Skipped.Contains(inner.Name)))
        {
            foreach (var file in Enumerate(inner))
            {
                yield return file;
            }
        }
    }
}
