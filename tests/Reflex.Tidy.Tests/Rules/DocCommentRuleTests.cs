namespace Reflex.Tidy.Tests.Rules;

public sealed class DocCommentRuleTests
{
    [Theory]
    [InlineData("/// <summary>The cursor.</summary>\nclass Cursor;", "The cursor.")]
    [InlineData("/// <summary>A log page.</summary>\nrecord LogPage;", "A log page.")]
    [InlineData("/// <summary>\n/// The head epoch.\n/// </summary>\n[B]\nclass HeadEpoch;", "The head epoch.")]
    [InlineData("/// <summary>An event log.</summary>\ninterface IEventLog;", "An event log.")]
    [InlineData("/// <summary>Reflex.</summary>\nclass B;", "Reflex.")]
    [InlineData("enum B\n{\n/// <summary>The head.</summary>\nHead }", "The head.")]
    [InlineData("class B\n{\n/// <summary>The head.</summary>\nconst int Head = 1; }", "The head.")]
    [InlineData("class B\n{\n/// <summary>The head.</summary>\npublic EventId Head => 1; }", "The head.")]
    public void Check_SummaryRepeatsTheName_NamesThePlace(string text, string found) => AssertFound(text, found);

    [Theory]
    [InlineData("class FullException\n{\n/// <summary>Creates the exception.</summary>\nFullException() { } }", "Creates the exception.")]
    [InlineData("class FileLogVerifier\n{\n/// <summary>A verifier.</summary>\nFileLogVerifier() { } }", "A verifier.")]
    public void Check_SummaryRepeatsTheConstructedType_NamesThePlace(string text, string found) => AssertFound(text, found);

    [Theory]
    [InlineData("/// <param name=\"silo\">The silo.</param>\nclass B(int silo);", "The silo.")]
    [InlineData("/// <param name=\"b\">The silo.</param>\ndelegate void B(ISiloBuilder b);", "The silo.")]
    [InlineData("/// <param name=\"left\">A cursor.</param>\nrecord B(Cursors.Cursor? left);", "A cursor.")]
    [InlineData("/// <param name=\"left\">Another.</param>\nrecord B(Cursor left);", "Another.")]
    [InlineData("/// <typeparam name=\"T\">T.</typeparam>\nclass B<T>;", "T.")]
    public void Check_ParameterRepeatsItsNameOrType_NamesThePlace(string text, string found) => AssertFound(text, found);

    [Theory]
    [InlineData("class B\n{\n/// <returns>The silo.</returns>\nISiloBuilder Add() => null; }", "The silo.")]
    [InlineData("class B\n{\n/// <returns>The event log.</returns>\nValueTask<IEventLog?> OpenAsync() => null; }", "The event log.")]
    [InlineData("class B\n{\n/// <returns>The copy.</returns>\nEvent Copy() => null; }", "The copy.")]
    public void Check_ReturnsRepeatsTheTypeOrTheName_NamesThePlace(string text, string found) => AssertFound(text, found);

    [Theory]
    [InlineData("/// <summary>Where a reader is.</summary>\nclass Cursor;")]
    [InlineData("/// <param name=\"consumer\">The consumer that was stopped.</param>\nclass B(int consumer);")]
    [InlineData("/// <param name=\"limit\">In bytes.</param>\nclass B(int limit);")]
    [InlineData("/// <param name=\"path\"><c>Path</c>.</param>\nclass B(int path);")]
    [InlineData("/// <summary><see cref=\"B\"/></summary>\nclass B;")]
    [InlineData("class B\n{\n/// <inheritdoc cref=\"B\"/>\nB() { } }")]
    [InlineData("class B\n{\n/// <value>Required.</value>\nint C { get; } }")]
    [InlineData("class LogPage\n{\n/// <summary>A page without batches.</summary>\nLogPage() { } }")]
    [InlineData("class B\n{\n/// <returns>The same builder, for further calls.</returns>\nISiloBuilder Add() => null; }")]
    public void Check_MoreIsSaid_FindsNothing(string text) => Assert.Empty(Check("src/A.cs", text));

    [Fact]
    public void Check_Test_FindsNothing() => Assert.Empty(Check("tests/A.cs", "/// <summary>The cursor.</summary>\nclass Cursor;"));

    private static void AssertFound(string text, string found)
    {
        var line = text.Split('\n').ToList().FindIndex(part => part.Contains("///", StringComparison.Ordinal)) + 1;
        Assert.StartsWith($"src/A.cs:{line}: \"{found}\" doesn't", Assert.Single(Check("src/A.cs", text)), StringComparison.Ordinal);
    }

    private static List<string> Check(string path, string text) => RuleTester.Check(new DocCommentRule(), (path, text));
}
