using Reflex.Streams;

namespace Reflex.Orleans.Catalog;

/// <summary>Names that are kept for streams of Reflex's own, such as <c>orders.mailer.dead</c>.</summary>
internal static class ReservedNames
{
    private static readonly string[] Endings = [".dead", ".quarantine", ".audit"];

    /// <summary>The endings for people.</summary>
    public static string Described => "'.dead', '.quarantine' or '.audit'";

    public static bool Contains(StreamName name) =>
        name.Value.AsSpan().Count('.') >= 2 && Endings.Any(ending => name.Value.EndsWith(ending, StringComparison.Ordinal));
}
