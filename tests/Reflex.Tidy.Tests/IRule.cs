namespace Reflex.Tidy.Tests;

/// <summary>A rule of the house that the compiler can't check.</summary>
internal interface IRule
{
    IEnumerable<Finding> Check(Repository repository);
}
