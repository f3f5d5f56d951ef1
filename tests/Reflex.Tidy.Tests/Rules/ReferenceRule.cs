using System.Xml.Linq;

namespace Reflex.Tidy.Tests.Rules;

/// <summary>
/// References point one way: everything may refer to Reflex, and apart from the pairs listed here nothing in src knows
/// anything else. Only the silo, and tests, compose.
/// </summary>
internal sealed class ReferenceRule : IRule
{
    private const string Rule = "who may refer to whom";

    private static readonly HashSet<(string From, string To)> Allowed =
    [
        ("Reflex.AspNetCore", "Reflex.Grpc"), // The server implements the contracts that the client calls.
        ("Reflex.Cli", "Reflex.Grpc"), // The tool is a client,
        ("Reflex.Cli", "Reflex.Storage.Postgres"), // prints what makes its schema,
        ("Reflex.Cli", "Reflex.Copying"), // copies storages:
        ("Reflex.Copying", "Reflex.Storage.FileLog"), // a data folder's logs,
        ("Reflex.Copying", "Reflex.Storage.Sqlite"), // the records beside them,
        ("Reflex.Copying", "Reflex.Storage.Postgres"), // and what a cluster has of both;
        ("Reflex.Cli", "Reflex.Verifying"), // and verifies data folders:
        ("Reflex.Verifying", "Reflex.Storage.FileLog"), // their logs,
        ("Reflex.Verifying", "Reflex.Storage.Sqlite"), // the records beside them,
        ("Reflex.Verifying", "Reflex.Orleans"), // and what the cluster has stored in these.
        ("Reflex.Orleans.Streaming", "Reflex.Orleans"), // A stream provider over its partitions.
    ];

    public IEnumerable<Finding> Check(Repository repository) =>
        repository.Files.Where(file => file.IsProject && !file.IsTest).SelectMany(file => Check(repository, file));

    private static IEnumerable<Finding> Check(Repository repository, SourceFile project)
    {
        var from = project.Name[..^".csproj".Length];
        foreach (var reference in XDocument.Parse(project.Text, LoadOptions.SetLineInfo).Descendants("ProjectReference"))
        {
            var path = project.Resolve(reference.Attribute("Include")!.Value);
            var to = path[(path.LastIndexOf('/') + 1)..^".csproj".Length];
            var line = ((System.Xml.IXmlLineInfo)reference).LineNumber;
            if (!repository.Has(path))
            {
                yield return new Finding(project.Path, line, Rule, $"it refers to {path}, which isn't there");
            }
            else if (!path.StartsWith("src/", StringComparison.Ordinal))
            {
                yield return new Finding(project.Path, line, Rule, $"{from} refers to {to} outside src");
            }
            else if (project.IsProduct && (from == "Reflex" || (to != "Reflex" && !Allowed.Contains((from, to)))))
            {
                yield return new Finding(project.Path, line, Rule, $"{from} must not know {to}");
            }
        }
    }
}
