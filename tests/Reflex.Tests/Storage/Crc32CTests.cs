using CsCheck;
using Reflex.Storage;

namespace Reflex.Tests.Storage;

public sealed class Crc32CTests
{
    [Fact]
    public void Compute_CheckValues_AreThoseOfTheStandard()
    {
        Assert.Equal(0u, Crc32C.Compute([]));
        Assert.Equal(0xE3069283u, Crc32C.Compute("123456789"u8));

        // RFC 3720, appendix B.4.
        Assert.Equal(0x8A9136AAu, Crc32C.Compute(new byte[32]));
        Assert.Equal(0x62A8AB43u, Crc32C.Compute(Enumerable.Repeat((byte)0xFF, 32).ToArray()));
        Assert.Equal(0x46DD794Eu, Crc32C.Compute(Enumerable.Range(0, 32).Select(i => (byte)i).ToArray()));
    }

    [Fact]
    public void Compute_AnyBytes_AgreesWithTheBitwiseDefinition() =>
        Gen.Byte.Array[0, 40].Sample(bytes => Assert.Equal(Bitwise(bytes), Crc32C.Compute(bytes)));

    private static uint Bitwise(byte[] bytes)
    {
        const uint reversedPolynomial = 0x82F63B78;
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * reversedPolynomial);
            }
        }

        return ~crc;
    }
}
