using System.Globalization;

namespace Reflex.Cluster.Tests.History;

/// <summary>A line of a silo's ledger.</summary>
internal readonly record struct LedgerLine(string Consumer, int Partition, long Id, long At)
{
    /// <summary>Reads a whole line; null of a torn one.</summary>
    public static LedgerLine? TryParse(string line)
    {
        var fields = line.Split(' ');
        return fields.Length == 4
            && int.TryParse(fields[1], CultureInfo.InvariantCulture, out var partition)
            && long.TryParse(fields[2], CultureInfo.InvariantCulture, out var id)
            && long.TryParse(fields[3], CultureInfo.InvariantCulture, out var at)
                ? new LedgerLine(fields[0], partition, id, at)
                : null;
    }
}
