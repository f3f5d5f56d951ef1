using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Reflex.Tidy.Tests.Rules;

/// <summary>What fits a head and a screen: the sizes of files, methods and lines.</summary>
internal sealed class SizeRule : IRule
{
    private const int MaxFileLines = 400;
    private const int MaxMethodLines = 70;
    private const int MaxLineLength = 140;

    public IEnumerable<Finding> Check(Repository repository) => repository.Files.Where(file => file.IsCSharp).SelectMany(Check);

    private static IEnumerable<Finding> Check(SourceFile file)
    {
        if (file.Lines.Count > MaxFileLines)
        {
            yield return new Finding(file.Path, MaxFileLines + 1, $"a file has at most {MaxFileLines} lines", $"it has {file.Lines.Count}");
        }

        for (var i = 0; i < file.Lines.Count; i++)
        {
            if (file.Lines[i].Length > MaxLineLength)
            {
                yield return new Finding(
                    file.Path, i + 1, $"a line has at most {MaxLineLength} characters", $"it has {file.Lines[i].Length}");
            }
        }

        foreach (var method in file.Syntax.DescendantNodes().Where(IsMethod))
        {
            var span = method.GetLocation().GetLineSpan();
            var lines = span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
            if (lines > MaxMethodLines)
            {
                yield return new Finding(
                    file.Path, span.StartLinePosition.Line + 1, $"a method has at most {MaxMethodLines} lines", $"it has {lines}");
            }
        }
    }

    private static bool IsMethod(SyntaxNode node) =>
        node is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or LocalFunctionStatementSyntax;
}
