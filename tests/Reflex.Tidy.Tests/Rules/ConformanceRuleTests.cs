namespace Reflex.Tidy.Tests.Rules;

public sealed class ConformanceRuleTests
{
    private const string Storage = "sealed partial class MyProvider : IEventLogProvider, IDisposable { }";

    [Theory]
    [InlineData("sealed class T : EventLogConformance { [Theory] void Conforms() { } object Start() => new MyProvider(1); }")]
    [InlineData("sealed class T : EventLogConformance { private readonly MyProvider _one = new(); [Theory] void Conforms() { } }")]
    public void Check_StorageWithASuite_FindsNothing(string suite) => Assert.Empty(Check(Storage, suite));

    [Theory]
    [InlineData("")]
    [InlineData("sealed class T { [Theory] void Conforms() { } object Start() => new MyProvider(1); }")]
    [InlineData("sealed class T : EventLogConformance { object Start() => new MyProvider(1); }")]
    [InlineData("sealed class T : EventLogConformance { [Theory] void Conforms() { } object Start() => new OtherProvider(1); }")]
    public void Check_StorageWithoutASuite_NamesIt(string suite) => Assert.StartsWith(
        "src/A/MyProvider.cs:1: none makes a MyProvider", Assert.Single(Check(Storage, suite)), StringComparison.Ordinal);

    [Fact]
    public void Check_WhatIsNoStorage_FindsNothing() => Assert.Empty(Check("sealed class Other : IDisposable { }", ""));

    private static List<string> Check(string storage, string suite) =>
        RuleTester.Check(new ConformanceRule(), ("src/A/MyProvider.cs", storage), ("tests/A.Tests/T.cs", suite));
}
