using Reflex.Storage;

namespace Reflex.Orleans.Pages;

/// <summary>How far a page's reader is from the head.</summary>
internal static class PageDistance
{
    /// <summary>So many pages from the head and nearer, others may be at the same place, and the owner has the newest in memory.</summary>
    internal const int NearPages = 16;

    /// <summary>Whether more such pages come before the head than those that are near it; not of a page of some events only.</summary>
    public static bool IsFar(this LogPage page) =>
        page.ReadTo is null && page.Last is { } last
        && page.Batches().First().BaseId is var first
        && (page.Head.Value - last.Id.Value) / NearPages > last.Id.Value - first.Value;
}
