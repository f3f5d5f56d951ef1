using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Reflex.Tidy.Tests.Rules;

/// <summary>Every storage of the product passes the conformance suite: a test class derives from it and makes the storage.</summary>
internal sealed class ConformanceRule : IRule
{
    private const string Contract = "IEventLogProvider";
    private const string Suite = "EventLogConformance";

    public IEnumerable<Finding> Check(Repository repository)
    {
        var covered = repository.Files
            .Where(file => file.IsCSharp && file.IsTest)
            .SelectMany(file => file.Syntax.DescendantNodes().OfType<ClassDeclarationSyntax>())
            .Where(type => DerivesFrom(type, Suite) && type.DescendantNodes().OfType<AttributeSyntax>().Any(IsTheory))
            .SelectMany(Made)
            .ToHashSet();
        return from file in repository.Files
               where file.IsCSharp && file.IsProduct
               from type in file.Syntax.DescendantNodes().OfType<ClassDeclarationSyntax>()
               where DerivesFrom(type, Contract) && !type.Modifiers.Any(SyntaxKind.AbstractKeyword)
               let name = type.Identifier.Text
               where !covered.Contains(name)
               select new Finding(
                   file.Path,
                   type.Identifier.GetLocation().GetLineSpan().StartLinePosition.Line + 1,
                   $"a test class derives from {Suite} for every storage",
                   $"none makes a {name}");
    }

    private static bool DerivesFrom(ClassDeclarationSyntax type, string name) =>
        type.BaseList?.Types.Any(one => one.Type.ToString().Split('.')[^1] == name) == true;

    private static bool IsTheory(AttributeSyntax attribute) => attribute.Name.ToString() == "Theory";

    /// <summary>What a class makes with new; of "private readonly X _x = new()" that is the field's type.</summary>
    private static IEnumerable<string> Made(ClassDeclarationSyntax suite) =>
    [
        .. suite.DescendantNodes().OfType<ObjectCreationExpressionSyntax>().Select(made => made.Type.ToString()),
        .. suite.DescendantNodes().OfType<VariableDeclarationSyntax>()
            .Where(declared => declared.Variables.Any(one => one.Initializer?.Value is ImplicitObjectCreationExpressionSyntax))
            .Select(declared => declared.Type.ToString()),
    ];
}
