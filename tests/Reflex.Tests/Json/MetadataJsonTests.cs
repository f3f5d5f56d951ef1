using System.Text;
using System.Text.Json;
using Reflex.Json;

namespace Reflex.Tests.Json;

public sealed class MetadataJsonTests
{
    [Theory]
    [InlineData(62, true)]
    [InlineData(63, true)]
    [InlineData(64, false)]
    public void IsCompact_DeepNesting_StopsWhereReadersOfTheWholeEventWould(int depth, bool expected)
    {
        var json = new string('[', depth) + new string(']', depth);

        Assert.Equal(expected, MetadataJson.IsCompact(Encoding.UTF8.GetBytes(json)));
        if (expected)
        {
            Assert.Equal(JsonValueKind.Object, JsonElement.Parse($"{{\"metadata\":{json}}}").ValueKind);
        }
    }
}
