using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Reflex.Streams;

/// <summary>Texts by their bytes of UTF-8, so that an event's foreign id is found among others without a string.</summary>
internal sealed class Utf8Comparer : IEqualityComparer<string>, IAlternateEqualityComparer<ReadOnlySpan<byte>, string>
{
    private const int MostOnStack = 512;

    public static Utf8Comparer Instance { get; } = new();

    public bool Equals(string? x, string? y) => string.Equals(x, y, StringComparison.Ordinal);

    public int GetHashCode([DisallowNull] string obj)
    {
        Span<byte> bytes = stackalloc byte[MostOnStack];
        return Encoding.UTF8.TryGetBytes(obj, bytes, out var count)
            ? GetHashCode(bytes[..count])
            : GetHashCode(Encoding.UTF8.GetBytes(obj));
    }

    public bool Equals(ReadOnlySpan<byte> alternate, string other)
    {
        Span<byte> bytes = stackalloc byte[MostOnStack];
        return Encoding.UTF8.TryGetBytes(other, bytes, out var count)
            ? alternate.SequenceEqual(bytes[..count])
            : alternate.SequenceEqual(Encoding.UTF8.GetBytes(other));
    }

    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        var hash = new HashCode();
        hash.AddBytes(alternate);
        return hash.ToHashCode();
    }

    public string Create(ReadOnlySpan<byte> alternate) => Encoding.UTF8.GetString(alternate);
}
