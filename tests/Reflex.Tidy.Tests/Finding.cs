namespace Reflex.Tidy.Tests;

/// <summary>A place that breaks a rule.</summary>
/// <param name="Path">The file, from the repository's root.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Rule">What the rule demands.</param>
/// <param name="Found">What is there instead.</param>
internal sealed record Finding(string Path, int Line, string Rule, string Found)
{
    public override string ToString() => $"{Path}:{Line}: {Found} [{Rule}]";
}
