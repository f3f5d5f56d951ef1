using System.Buffers;
using System.IO.Compression;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Reflex.AspNetCore.Grpc;
using Reflex.AspNetCore.Grpc.Receiving;

namespace Reflex.AspNetCore.Tests.Grpc.Receiving;

public sealed class MessageUnpackerTests
{
    /// <summary>Taken for whole, what was cut off would be lost though its append is acknowledged.</summary>
    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public void Unpack_MessageThatIsCutAnywhere_IsRefused(string encoding)
    {
        var http = new DefaultHttpContext();
        http.Request.Headers["grpc-encoding"] = encoding;
        var packed = new MemoryStream();
        using (Stream packing = encoding == "gzip"
            ? new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true)
            : new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            packing.Write(new byte[100]);
            packing.Flush();
            packing.Write(new byte[100]);
        }

        for (var length = 1; length < packed.Length; length++)
        {
            var cut = new ReadOnlySequence<byte>(packed.ToArray(), 0, length);
            var error = Assert.Throws<RefusedCallException>(() => MessageUnpacker.Unpack(http.Request, cut, 1000));
            Assert.Equal(StatusCode.InvalidArgument, error.Status.Code);
        }

        Assert.Equal(205, MessageUnpacker.Unpack(http.Request, new ReadOnlySequence<byte>(packed.ToArray()), 1000).Length);
    }
}
