namespace Reflex.Tidy.Tests.Rules;

public sealed class NoSleepRuleTests
{
    [Theory]
    [InlineData("Task.Delay(1)")]
    [InlineData("System.Threading.Thread.Sleep(1)")]
    [InlineData("SpinWait.SpinUntil(() => true)")]
    [InlineData("Task\n.Delay(time, clock)")]
    public void Check_SleepInATest_NamesThePlace(string call)
    {
        var text = $"class A {{\nvoid M() => {call}; }}";
        var finding = Assert.Single(RuleTester.Check(new NoSleepRule(), ("tests/A.cs", text)));
        Assert.StartsWith("tests/A.cs:2: ", finding, StringComparison.Ordinal);
        Assert.Empty(RuleTester.Check(new NoSleepRule(), ("src/A.cs", text)));
    }

    [Fact]
    public void Check_OnlyWordsOfIt_FindsNothing() =>
        Assert.Empty(RuleTester.Check(new NoSleepRule(), ("tests/A.cs", "class A { string M() => \"Task.Delay\"; } // Thread.Sleep")));
}
