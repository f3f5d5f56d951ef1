using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Reflex.Tidy.Tests.Rules;

/// <summary>One top-level type a file, which is named after it. <c>X.Concern.cs</c> holds a part of the partial type X.</summary>
internal sealed class OneTypePerFileRule : IRule
{
    private const string Rule = "one top-level type per file, the file named after it";

    public IEnumerable<Finding> Check(Repository repository) => repository.Files.Where(file => file.IsCSharp).SelectMany(Check);

    private static IEnumerable<Finding> Check(SourceFile file)
    {
        var types = file.Syntax
            .DescendantNodes(node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax)
            .OfType<MemberDeclarationSyntax>()
            .Where(member => member is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax)
            .ToList();
        foreach (var type in types.Skip(1))
        {
            yield return new Finding(file.Path, LineOf(type), Rule, $"{NameOf(type)} is beside {NameOf(types[0])}");
        }

        if (types.Count > 0 && !Fits(file.Name, types[0]))
        {
            yield return new Finding(file.Path, LineOf(types[0]), Rule, $"{NameOf(types[0])} is in {file.Name}");
        }
    }

    private static bool Fits(string fileName, MemberDeclarationSyntax type)
    {
        var names = fileName[..^".cs".Length].Split('.');
        return names[0] == NameOf(type) && (names.Length == 1 || type.Modifiers.Any(SyntaxKind.PartialKeyword));
    }

    private static string NameOf(MemberDeclarationSyntax type) =>
        type is DelegateDeclarationSyntax function ? function.Identifier.Text : ((BaseTypeDeclarationSyntax)type).Identifier.Text;

    private static int LineOf(SyntaxNode node) => node.GetLocation().GetLineSpan().StartLinePosition.Line + 1;
}
