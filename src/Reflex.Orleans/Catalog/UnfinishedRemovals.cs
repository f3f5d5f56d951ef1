namespace Reflex.Orleans.Catalog;

/// <summary>Questions about removals.</summary>
internal static class UnfinishedRemovals
{
    /// <summary>
    /// Whether a deletion or removal hasn't ended, at some moment between this call and its answer. One that has ended never comes back:
    /// what was seen of the logs and cursors before this call belongs to what is to go.
    /// </summary>
    public static async Task<bool> IsUnfinishedAsync(this IGrainFactory grains, UnfinishedRemoval removal) =>
        (await grains.GetGrain<ICatalogGrain>(0).ConfirmRemovalAsync(new ConfirmRemovalRequest(removal))).IsUnfinished;
}
