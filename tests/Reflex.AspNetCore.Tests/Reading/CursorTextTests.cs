using System.Text;
using Reflex.AspNetCore.Reading;
using Reflex.Cursors;

namespace Reflex.AspNetCore.Tests.Reading;

public sealed class CursorTextTests
{
    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("9223372036854775807")]
    [InlineData("12.40.7")]
    [InlineData("12..7")]
    [InlineData("..7")]
    [InlineData("9223372036854775807.9223372036854775807.9223372036854775807")]
    public void Format_AnyCursor_IsItsText(string text)
    {
        var formatted = new CursorText();
        formatted.Format(Cursor.Parse("1"));

        formatted.Format(Cursor.Parse(text));

        Assert.Equal(text, Encoding.ASCII.GetString(formatted.Bytes));
    }

    [Fact]
    public void Format_MovedCursor_IsItsText()
    {
        var formatted = new CursorText();

        formatted.Format(Cursor.ForPartitions(3).With(1, new Reflex.Events.EventId(5)).With(2, new Reflex.Events.EventId(6)));

        Assert.Equal(".5.6", Encoding.ASCII.GetString(formatted.Bytes));
    }
}
