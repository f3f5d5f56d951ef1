using System.Buffers;
using System.IO.Compression;
using Grpc.Core;
using Reflex.AspNetCore.Errors;
using Reflex.AspNetCore.Limits;
using Reflex.Grpc.Errors;

namespace Reflex.AspNetCore.Grpc.Receiving;

/// <summary>Unpacks messages, up to a limit.</summary>
internal static class MessageUnpacker
{
    private const string EncodingHeader = "grpc-encoding";

    /// <summary>The unpacked message, after as many free bytes as a message's header takes.</summary>
    /// <exception cref="RefusedCallException">It can't be unpacked, or is too large.</exception>
    public static byte[] Unpack(HttpRequest request, ReadOnlySequence<byte> packed, int maxBytes)
    {
        Unpacking.RequireStrict();
        using var source = new MemoryStream(packed.ToArray(), writable: false);
        using var unpacking = Open(request, source);
        using var unpacked = new MemoryStream();
        unpacked.SetLength(MessageReader.HeaderSize);
        unpacked.Position = MessageReader.HeaderSize;
        var chunk = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            while (unpacking.Read(chunk) is var read && read > 0)
            {
                if (unpacked.Length - MessageReader.HeaderSize + read > maxBytes)
                {
                    throw MessageReader.TooLarge(maxBytes);
                }

                unpacked.Write(chunk.AsSpan(0, read));
            }

            return unpacked.ToArray();
        }
        catch (InvalidDataException)
        {
            throw new RefusedCallException(ErrorEncoder.Invalid(
                $"A message of the call can't be unpacked: it is damaged, ends too early, or isn't packed as {EncodingHeader} says."));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    private static Stream Open(HttpRequest request, MemoryStream source) => request.Headers[EncodingHeader].ToString() switch
    {
        "gzip" => new GZipStream(source, CompressionMode.Decompress),

        // As in HTTP, and as gRPC's own library has it.
        "deflate" => new ZLibStream(source, CompressionMode.Decompress),
        "" or "identity" => throw new RefusedCallException(ErrorEncoder.Invalid(
            $"A message of the call says that it is packed, but the header {EncodingHeader} doesn't say how: send gzip or deflate in it.")),
        var encoding => throw new RefusedCallException(new ErrorStatus(
            StatusCode.Unimplemented,
            ErrorReasons.InvalidArgument,
            $"The header {EncodingHeader} is '{encoding}'; messages are taken as they are, or packed by gzip or deflate.")),
    };
}
