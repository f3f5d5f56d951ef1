using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Reflex.Tidy.Tests.Rules;

/// <summary>Tests wait for the thing itself: a sleep is too short on a busy machine and too long on every other.</summary>
internal sealed class NoSleepRule : IRule
{
    private static readonly string[] Sleeps = ["Task.Delay", "Thread.Sleep", "SpinWait.SpinUntil"];

    public IEnumerable<Finding> Check(Repository repository) =>
        from file in repository.Files
        where file.IsCSharp && file.IsTest
        from access in file.Syntax.DescendantNodes().OfType<MemberAccessExpressionSyntax>()
        let text = string.Concat(access.ToString().Where(c => !char.IsWhiteSpace(c)))
        where Sleeps.Any(sleep => text == sleep || text.EndsWith($".{sleep}", StringComparison.Ordinal))
        select new Finding(
            file.Path, access.GetLocation().GetLineSpan().StartLinePosition.Line + 1, "no sleeps in tests", $"{text} is called");
}
