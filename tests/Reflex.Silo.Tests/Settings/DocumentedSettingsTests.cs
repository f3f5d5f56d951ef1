extern alias silo;

using System.Text.RegularExpressions;
using silo::Reflex.Silo.Settings;

namespace Reflex.Silo.Tests.Settings;

/// <summary>The tables of settings in the documents and the settings that the silo knows are the same.</summary>
public sealed partial class DocumentedSettingsTests
{
    // Which document has a table of what is below which section, and how the table begins.
    private static readonly (string Document, string Section, string Beginning)[] Tables =
    [
        ("README.md", "", "| key | default | |"),
        ("HTTP.md", "Reflex:Http:", "| setting below `Reflex:Http` | default | |"),
        ("GRPC.md", "Reflex:Grpc:", "| option of `AddReflexGrpc` (`Reflex:Grpc:…`) | default | |"),
        ("LIMITS.md", "Reflex:Server:", "| setting below `Reflex:Server` | default | |"),
        ("ACCESS.md", "Reflex:Access:", "| setting below `Reflex:Access` | default | |"),
        ("TLS.md", "Reflex:ClusterTls:", "| setting below `Reflex:ClusterTls` | default | |"),
        ("TELEMETRY.md", "Reflex:Telemetry:", "| setting below `Reflex:Telemetry` | default | |"),
    ];

    [Fact]
    public void Tables_AndKnownSettings_AreTheSame()
    {
        var documented = Tables.SelectMany(Read).Where(setting => setting.StartsWith("Reflex:", StringComparison.Ordinal)).ToList();

        Assert.Equal(Known(), documented.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Readme_NamesTheDocumentOfEachSection()
    {
        var readme = string.Join('\n', Rows("README.md", Tables[0].Beginning));
        Assert.All(Tables[1..], table =>
        {
            Assert.Contains($"`{table.Section}…`", readme, StringComparison.Ordinal);
            Assert.Contains(table.Document, readme, StringComparison.Ordinal);
        });
    }

    /// <summary>The settings that have a value, or a list of them.</summary>
    private static IEnumerable<string> Known()
    {
        var all = ReflexSettings.Known.Paths(ReflexSettings.Section, "").ToList();
        return all.Where(path => !all.Any(other => other.StartsWith($"{path}:", StringComparison.Ordinal)))
            .Select(path => path.EndsWith(":0", StringComparison.Ordinal) ? path[..^2] : path)
            .Order(StringComparer.Ordinal);
    }

    private static IEnumerable<string> Read((string Document, string Section, string Beginning) table)
    {
        foreach (var row in Rows(table.Document, table.Beginning))
        {
            var before = "";
            foreach (var name in Name().Matches(row.Split('|')[1]).Select(match => match.Groups[1].Value))
            {
                // What follows a setting in its row and begins with dots is its neighbour.
                before = name.StartsWith("…:", StringComparison.Ordinal) ? before[..(before.LastIndexOf(':') + 1)] + name[2..] : name;
                if (!before.EndsWith('…'))
                {
                    yield return table.Section + before;
                }
            }
        }
    }

    private static List<string> Rows(string document, string beginning)
    {
        var lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, document)).SkipWhile(line => line != beginning).Skip(2);
        var rows = lines.TakeWhile(line => line.StartsWith('|')).ToList();
        Assert.NotEmpty(rows);
        return rows;
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Name();
}
