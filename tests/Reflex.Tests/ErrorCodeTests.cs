namespace Reflex.Tests;

public sealed class ErrorCodeTests
{
    [Fact]
    public void Reason_IsTheNameAsConstantsAreWritten() =>
        Assert.Equal("CURSOR_OF_ANOTHER_LIFE", new ErrorCode("cursor-of-another-life", ErrorKind.Conflict, "Another life").Reason);

    [Theory]
    [InlineData("", "Title")]
    [InlineData("name", "")]
    public void Constructor_NoNameOrTitle_IsMisuse(string name, string title) =>
        Assert.Throws<ArgumentException>(() => new ErrorCode(name, ErrorKind.Failed, title));
}
