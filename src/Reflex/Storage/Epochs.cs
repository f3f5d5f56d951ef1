using System.Security.Cryptography;

namespace Reflex.Storage;

/// <summary>Draws the numbers of a log's owners.</summary>
/// <remarks>
/// An epoch is a counter in the upper 32 bits, so that each is greater than all before it, and 32 random bits below, so that a copy of the
/// log, opened as often, draws other ones: what both append from then on can be told apart. Logs of format 1 have counted in the lower
/// bits; whatever this draws is greater.
/// </remarks>
public static class Epochs
{
    private const int RandomBits = 32;

    /// <summary>The greatest epoch that the owner after another one can have.</summary>
    /// <param name="known">The other one's epoch.</param>
    /// <returns>The epoch, which nobody has.</returns>
    public static long GreatestAfter(long known) => (((known >> RandomBits) + 1) << RandomBits) | uint.MaxValue;

    /// <summary>An epoch for a new owner.</summary>
    /// <param name="known">The greatest epoch that the log is known to have had; 0 when it had none.</param>
    /// <param name="isAnyUnknown">Whether one more may have been drawn after it, of which nothing is left.</param>
    /// <returns>A greater one, never drawn before, here or in a copy.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="known"/> is negative, or leaves none that is greater.</exception>
    public static long Next(long known, bool isAnyUnknown = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(known);
        var counter = (known >> RandomBits) + (isAnyUnknown ? 2 : 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(counter, int.MaxValue, nameof(known));

        // Not the thread's generator: two copies of a machine that was frozen would draw the same.
        Span<byte> random = stackalloc byte[sizeof(uint)];
        RandomNumberGenerator.Fill(random);
        return (counter << RandomBits) | BitConverter.ToUInt32(random);
    }
}
