using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Reflex.Storage;

/// <summary>The checksum of everything that is stored: CRC-32C (Castagnoli), as in RFC 3720 appendix B.4.</summary>
/// <remarks>
/// A storage has it for what it writes around batches, whose own are filled in and verified by <see cref="EventBatch"/>. System.IO.Hashing
/// has only CRC-32; this wraps the processor's CRC-32C instruction, which the BCL exposes.
/// </remarks>
public static class Crc32C
{
    /// <summary>The checksum of some bytes.</summary>
    /// <param name="bytes">What to compute it of; may be empty.</param>
    /// <returns>The checksum; "123456789" in ASCII gives 0xE3069283.</returns>
    public static uint Compute(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words)
        {
            crc = BitOperations.Crc32C(crc, BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word));
        }

        foreach (var b in bytes[(words.Length * sizeof(ulong))..])
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        return ~crc;
    }
}
