using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace Reflex.AspNetCore.Access;

/// <summary>The configured API keys, of which only the hashes are known.</summary>
internal sealed class ApiKeys(IOptions<ReflexAccessOptions> options)
{
    public const string Header = "reflex-api-key";

    private readonly (string Name, byte[] Hash)[] _keys =
        [.. options.Value.ApiKeys.SelectMany(key => key.Value.Select(hash => (key.Key, Convert.FromHexString(hash))))];

    public bool IsOn => _keys.Length > 0;

    /// <summary>The name of a key; null when there is no such key. How long it takes doesn't tell how near a guess is.</summary>
    public string? Find(string key)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(key), hash);
        string? found = null;
        foreach (var (name, known) in _keys)
        {
            found = CryptographicOperations.FixedTimeEquals(known, hash) ? name : found;
        }

        return found;
    }
}
