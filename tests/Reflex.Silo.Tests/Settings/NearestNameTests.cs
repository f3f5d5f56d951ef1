extern alias silo;

using silo::Reflex.Silo.Settings;

namespace Reflex.Silo.Tests.Settings;

public sealed class NearestNameTests
{
    [Theory]
    [InlineData("", "", 0)]
    [InlineData("Access", "access", 0)]
    [InlineData("Acess", "Access", 1)]
    [InlineData("Accesss", "Access", 1)]
    [InlineData("Axcess", "Access", 1)]
    [InlineData("Acecss", "Access", 1)]
    [InlineData("DataPaht", "DataPath", 1)]
    [InlineData("", "abc", 3)]
    [InlineData("abc", "", 3)]
    [InlineData("kitten", "sitting", 3)]
    public void Distance_CountsErrors(string one, string other, int expected)
    {
        Assert.Equal(expected, NearestName.Distance(one, other));
        Assert.Equal(expected, NearestName.Distance(other, one));
    }

    [Fact]
    public void Of_AnswersTheNameWithTheFewestErrors() =>
        Assert.Equal("Access", NearestName.Of("Acess", ["Http", "Grpc", "Access", "Streams"]));
}
