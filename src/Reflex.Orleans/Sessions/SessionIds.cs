using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Reflex.Orleans.Sessions;

/// <summary>The ids of sessions: UUIDs of version 8 (RFC 9562), a number of 48 bits and 74 random ones.</summary>
/// <remarks>
/// The number is one more than the highest that any part of the session had ever had when it began to open. So an opening that was given up
/// and comes late, after that of the next session, is known by its number, which isn't higher. Earlier silos draw random ids, of version 4:
/// those take the consumer over whoever holds it, as they always did.
/// </remarks>
internal static class SessionIds
{
    private const int Version = 8;
    private const int NumberBits = 48;

    /// <summary>A new id.</summary>
    /// <param name="highest">The highest number of the sessions before; 0 when there was none.</param>
    public static Guid After(long highest)
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes[6..]);
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(number, highest + 1);
        number[2..].CopyTo(bytes);
        bytes[6] = (byte)((Version << 4) | (bytes[6] & 0x0F));
        bytes[8] = (byte)(0x80 | (bytes[8] & 0x3F));
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>The number of a session; null of one that an earlier silo has opened.</summary>
    public static long? NumberOf(Guid id)
    {
        if (id.Version != Version)
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return BinaryPrimitives.ReadInt64BigEndian(bytes) >>> (64 - NumberBits);
    }
}
