using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Reflex.Tidy.Tests.Rules;

/// <summary>A class of the product is sealed, abstract or static, unless it is listed here with the reason.</summary>
internal sealed class SealedRule : IRule
{
    private static readonly Dictionary<string, string> Open = new()
    {
        ["LogFailedException"] = "a fenced and a full log are kinds of it",
        ["LogCorruptedException"] = "a storage may tell its kinds of damage apart",
    };

    private static readonly SyntaxKind[] Closing = [SyntaxKind.SealedKeyword, SyntaxKind.AbstractKeyword, SyntaxKind.StaticKeyword];

    public IEnumerable<Finding> Check(Repository repository)
    {
        var parts = from file in repository.Files
                    where file.IsCSharp && file.IsProduct
                    from type in file.Syntax.DescendantNodes().OfType<TypeDeclarationSyntax>()
                    where type.IsKind(SyntaxKind.ClassDeclaration) || type.IsKind(SyntaxKind.RecordDeclaration)
                    group (File: file, Type: type) by (Project: file.Path.Split('/')[1], Name: NameOf(type));
        return from type in parts
               where !type.Any(part => part.Type.Modifiers.Any(modifier => Closing.Contains(modifier.Kind())))
               let name = type.Key.Name[(type.Key.Name.LastIndexOf('.') + 1)..]
               where !Open.ContainsKey(name)
               let part = type.First()
               select new Finding(
                   part.File.Path,
                   part.Type.Identifier.GetLocation().GetLineSpan().StartLinePosition.Line + 1,
                   "classes are sealed, or listed with a reason",
                   $"{name} is open");
    }

    private static string NameOf(TypeDeclarationSyntax type) => string.Join(
        '.',
        type.AncestorsAndSelf().Reverse().Select(node => node switch
        {
            BaseNamespaceDeclarationSyntax space => space.Name.ToString(),
            TypeDeclarationSyntax outer => outer.Identifier.Text,
            _ => "",
        }));
}
