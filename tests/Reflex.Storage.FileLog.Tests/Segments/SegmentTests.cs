using System.Reflection;
using Reflex.Storage.FileLog.Files;
using Reflex.Storage.FileLog.Partitions;
using Reflex.Storage.FileLog.Segments;
using Reflex.Storage.FileLog.Tests.Support;

namespace Reflex.Storage.FileLog.Tests.Segments;

public sealed class SegmentTests
{
    /// <summary>What several threads share is a reference or fits one: of anything larger a thread may see a half.</summary>
    [Theory]
    [InlineData(typeof(Segment))]
    [InlineData(typeof(LogState))]
    [InlineData(typeof(CachedFile))]
    public void Fields_OfWhatThreadsShare_CannotBeTorn(Type type) => Assert.All(
        type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public),
        field => Assert.True(!field.FieldType.IsValueType || field.FieldType.IsPrimitive || field.FieldType.IsEnum, field.Name));

    [Fact]
    public void LastAppendedAt_UntilItIsKnown_IsNull()
    {
        var segment = new Segment("/data", 1, new FileCache(16), new SimulatedDisk());
        Assert.Null(segment.LastAppendedAt);
        segment.LastAppendedAt = 0;
        Assert.Equal(0, segment.LastAppendedAt);
    }
}
