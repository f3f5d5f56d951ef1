using System.IO.Compression;

namespace Reflex.AspNetCore.Limits;

/// <summary>Makes the runtime tell what was packed and cut from what is whole, which it does only when it is asked to.</summary>
/// <remarks>An append of half a body would be acknowledged, and the other half lost.</remarks>
internal static class Unpacking
{
    private const string Switch = "System.IO.Compression.UseStrictValidation";

    // The first bytes of a gzip member, and no more.
    private static readonly byte[] Cut = [0x1F, 0x8B, 0x08];

    private static readonly Lazy<bool> Strict = new(Probe);

    /// <summary>Asks for it, for the whole process, unless the application has decided that itself.</summary>
    public static void MakeStrict()
    {
        if (!AppContext.TryGetSwitch(Switch, out _))
        {
            AppContext.SetSwitch(Switch, isEnabled: true);
        }
    }

    /// <exception cref="InvalidOperationException">It isn't strict: the application has decided so, or unpacked before.</exception>
    public static void RequireStrict()
    {
        if (!Strict.Value)
        {
            throw new InvalidOperationException(
                $"What is packed can't be taken: the runtime doesn't tell what was cut; set {Switch} to true where the program begins.");
        }
    }

    private static bool Probe()
    {
        try
        {
            using var unpacking = new GZipStream(new MemoryStream(Cut), CompressionMode.Decompress);
            unpacking.CopyTo(Stream.Null);
            return false;
        }
        catch (InvalidDataException)
        {
            return true;
        }
    }
}
