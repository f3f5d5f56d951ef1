using System.Xml.Linq;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Reflex.Tidy.Tests.Rules;

/// <summary>A product shows its internals to tests alone, and its project file says to which.</summary>
internal sealed class InternalsRule : IRule
{
    private const string Rule = "internals are for tests";
    private const string Item = "InternalsVisibleTo";

    public IEnumerable<Finding> Check(Repository repository) => repository.Files
        .Where(file => !file.IsTest)
        .SelectMany(file => file.IsProject ? CheckProject(repository, file) : file.IsCSharp ? CheckCode(file) : []);

    private static IEnumerable<Finding> CheckProject(Repository repository, SourceFile project) =>
        from item in XDocument.Parse(project.Text, LoadOptions.SetLineInfo).Descendants(Item)
        from name in item.Attribute("Include")!.Value.Split(';')
        where !repository.Has($"tests/{name}/{name}.csproj")
        select new Finding(
            project.Path, ((System.Xml.IXmlLineInfo)item).LineNumber, Rule, $"{name}, which sees them, isn't a project of tests");

    private static IEnumerable<Finding> CheckCode(SourceFile file) =>
        from attribute in file.Syntax.DescendantNodes().OfType<AttributeSyntax>()
        where attribute.Name.ToString().Contains(Item, StringComparison.Ordinal)
        select new Finding(
            file.Path, attribute.GetLocation().GetLineSpan().StartLinePosition.Line + 1, Rule, "the project file is where to show them");
}
