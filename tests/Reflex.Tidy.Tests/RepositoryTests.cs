namespace Reflex.Tidy.Tests;

public sealed class RepositoryTests
{
    private static readonly Repository Loaded = Repository.Load();

    private static readonly Dictionary<string, Type> Rules = typeof(IRule).Assembly.GetTypes()
        .Where(type => type.IsAssignableTo(typeof(IRule)) && !type.IsInterface)
        .ToDictionary(type => type.Name);

    public static TheoryData<string> RuleNames => [.. Rules.Keys.Order()];

    [Theory]
    [MemberData(nameof(RuleNames))]
    public void Repository_ByEveryRule_IsTidy(string rule)
    {
        var findings = ((IRule)Activator.CreateInstance(Rules[rule])!).Check(Loaded).Select(finding => finding.ToString()).ToList();
        Assert.True(findings.Count == 0, $"{findings.Count} place(s):\n{string.Join('\n', findings)}");
    }

    [Fact]
    public void Load_ThisRepository_FindsItsFilesAndNoBuildOutput()
    {
        Assert.Contains(Loaded.Files, file => file.Path == "src/Reflex/Events/Event.cs");
        Assert.Contains(Loaded.Files, file => file.Path == "tests/Reflex.Tidy.Tests/RepositoryTests.cs");
        Assert.DoesNotContain(Loaded.Files, file => file.Path.Contains("/obj/", StringComparison.Ordinal));
        Assert.True(Loaded.Has("LICENSE") && Loaded.Has("src/Reflex") && !Loaded.Has("src/None"));
    }

    [Fact]
    public void Rules_EachHasTestsThatShowItFail() => Assert.All(
        Rules.Keys, rule => Assert.True(Loaded.Has($"tests/Reflex.Tidy.Tests/Rules/{rule}Tests.cs"), $"{rule} has no tests."));
}
