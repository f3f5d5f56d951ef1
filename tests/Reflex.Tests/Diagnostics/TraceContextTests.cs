using System.Diagnostics;
using System.Text;
using Reflex.Diagnostics;

namespace Reflex.Tests.Diagnostics;

public sealed class TraceContextTests
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";
    private const string SpanId = "b7ad6b7169203331";

    private static ActivityContext Context { get; } = new(
        ActivityTraceId.CreateFromString(TraceId), ActivitySpanId.CreateFromString(SpanId), ActivityTraceFlags.Recorded, isRemote: true);

    [Fact]
    public void Write_AContext_IsTheGoLibrarysTraceMessage()
    {
        var bytes = new byte[TraceContext.Size];
        Assert.Equal(TraceContext.Size, TraceContext.Write(Context, bytes));

        // Protobuf by hand: field 1 and field 2, both text.
        Assert.Equal([0x0A, 32, .. Encoding.ASCII.GetBytes(TraceId), 0x12, 16, .. Encoding.ASCII.GetBytes(SpanId)], bytes);
    }

    [Fact]
    public void TryRead_WrittenContext_IsTheSameContextFromElsewhere()
    {
        var bytes = new byte[TraceContext.Size];
        TraceContext.Write(Context, bytes);
        Assert.True(TraceContext.TryRead(bytes, out var read));
        Assert.Equal(Context, read);
        Assert.True(read.IsRemote);
    }

    [Fact]
    public void Write_NoContext_WritesNothing() => Assert.Equal(0, TraceContext.Write(default, []));

    [Fact]
    public void TryRead_EveryDamagedByteOfTheFrame_IsNoContextAndNoError()
    {
        var bytes = new byte[TraceContext.Size];
        TraceContext.Write(Context, bytes);
        for (var i = 0; i < bytes.Length; i++)
        {
            var damaged = bytes.ToArray();
            damaged[i] = (byte)'!';
            Assert.False(TraceContext.TryRead(damaged, out var context), $"byte {i}");
            Assert.Equal(default, context);
        }

        Assert.False(TraceContext.TryRead(bytes.AsSpan(0, bytes.Length - 1), out _));
        Assert.False(TraceContext.TryRead([], out _));
    }
}
