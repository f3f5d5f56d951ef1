using Reflex.Orleans.Catalog;

namespace Reflex.Orleans.Tests.Catalog;

public sealed class ConsumerTypesTests
{
    /// <summary>Two kinds of grains at once would handle every event twice.</summary>
    [Theory]
    [InlineData(null, true, "class")]
    [InlineData(null, false, "class")]
    [InlineData("grain", true, "grain")]
    [InlineData("grain", false, "grain")]
    [InlineData("former", true, "class")]
    [InlineData("former", false, "former")]
    [InlineData(ConsumerTypes.Session, false, "class")]
    public void Choose_OfSeveral_StaysWithTheOneThatRanLastAsLongAsASiloMayHaveIt(string? stored, bool isComplete, string chosen) =>
        Assert.Equal(chosen, ConsumerTypes.Choose(["class", "grain"], stored, isComplete));
}
