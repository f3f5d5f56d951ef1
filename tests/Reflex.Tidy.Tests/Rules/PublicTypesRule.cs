using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Reflex.Tidy.Tests.Rules;

/// <summary>The core's public types are those that its document lists, each with who needs it.</summary>
/// <remarks>What only a sibling needs belongs to the sibling: a type that becomes public must say its reason there.</remarks>
internal sealed partial class PublicTypesRule : IRule
{
    private const string Rule = "the core's public types are listed";
    private const string Project = "src/Reflex/";
    private const string ListPath = $"{Project}PUBLIC.md";

    public IEnumerable<Finding> Check(Repository repository)
    {
        var document = repository.Files.Where(file => file.Path == ListPath);
        var listed = document.SelectMany(Listed).ToLookup(type => type.Name, type => type.Line);
        var found = repository.Files.Where(IsOfTheCore).SelectMany(Public).DistinctBy(type => type.Name).ToList();
        foreach (var (file, name, line) in found.Where(type => !listed.Contains(type.Name)))
        {
            yield return new Finding(file.Path, line, Rule, $"{name} is public, and {ListPath} doesn't say for whom");
        }

        foreach (var name in listed.Where(name => found.TrueForAll(type => type.Name != name.Key)))
        {
            yield return new Finding(ListPath, name.First(), Rule, $"{name.Key} isn't a public type");
        }

        foreach (var name in listed.Where(name => name.Count() > 1))
        {
            yield return new Finding(ListPath, name.Last(), Rule, $"{name.Key} is listed already");
        }
    }

    private static bool IsOfTheCore(SourceFile file) => file.IsCSharp && file.Path.StartsWith(Project, StringComparison.Ordinal);

    /// <summary>The names in the first column of the document's tables.</summary>
    private static IEnumerable<(string Name, int Line)> Listed(SourceFile document) =>
        document.Lines.SelectMany((line, i) => line.StartsWith('|')
            ? TypeName().Matches(line.Split('|')[1]).Select(match => (match.Groups["name"].Value, i + 1))
            : []);

    private static IEnumerable<(SourceFile File, string Name, int Line)> Public(SourceFile file) =>
        from member in file.Syntax
            .DescendantNodes(node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax)
            .OfType<MemberDeclarationSyntax>()
        where member is (BaseTypeDeclarationSyntax or DelegateDeclarationSyntax) && member.Modifiers.Any(SyntaxKind.PublicKeyword)
        let name = member is DelegateDeclarationSyntax function ? function.Identifier : ((BaseTypeDeclarationSyntax)member).Identifier
        select (file, name.Text, name.GetLocation().GetLineSpan().StartLinePosition.Line + 1);

    [GeneratedRegex("`(?<name>[^`]+)`")]
    private static partial Regex TypeName();
}
