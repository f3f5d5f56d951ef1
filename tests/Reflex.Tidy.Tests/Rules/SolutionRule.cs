namespace Reflex.Tidy.Tests.Rules;

/// <summary>Every project is in the solution: one that isn't is never built and its tests never run.</summary>
internal sealed class SolutionRule : IRule
{
    public IEnumerable<Finding> Check(Repository repository)
    {
        var solution = repository.Solution?.Text.Replace('\\', '/') ?? "";
        return from file in repository.Files
            where file.IsProject && !solution.Contains($"\"{file.Path}\"", StringComparison.Ordinal)
            select new Finding(file.Path, 1, "every project is in the solution", "it is not");
    }
}
