using Reflex.Storage;

namespace Reflex.Orleans.Quotas;

/// <summary>
/// How much streams may store. An append that would make it more is refused with <see cref="QuotaExceededException"/>, until retention has
/// removed something; nothing that is stored goes for a quota. Every silo of a cluster is to have the same ones.
/// </summary>
public sealed class StreamQuotaOptions
{
    /// <summary>How much each stream may store; each of its partitions has an equal part of it, rounded up.</summary>
    /// <value>
    /// In bytes, as the storage counts them: <see cref="LogBounds.Bytes"/>, which the file log lays out in pieces of up to 256 KiB. The
    /// default is null: as much as there is room for. Otherwise positive.
    /// </value>
    public long? MaxStreamBytes { get; set; }

    /// <summary>What is so for some streams instead, by their names.</summary>
    /// <value>In bytes, positive. Empty by default.</value>
    public IDictionary<string, long> Streams { get; } = new Dictionary<string, long>(StringComparer.Ordinal);
}
