using System.Collections.Immutable;

namespace Reflex.Orleans.Catalog;

/// <summary>Which grains a consumer has.</summary>
internal static class ConsumerTypes
{
    /// <summary>The type of the grains that keep the cursor of a consumer which runs outside the cluster, or nowhere.</summary>
    public const string Session = "reflex.session";

    /// <summary>The type of the grains that are to run a consumer.</summary>
    /// <remarks>
    /// A consumer may get other grains, as when its class becomes a grain class. While silos of both kinds are there, the grains that have
    /// run it go on: two kinds at once would replace each other for ever.
    /// </remarks>
    /// <param name="published">The types that some silo has; at least one.</param>
    /// <param name="stored">The type that ran it last; null when none has.</param>
    /// <param name="isComplete">Whether the types of all silos are known: else one of them may have the stored type still.</param>
    public static string Choose(ImmutableArray<string> published, string? stored, bool isComplete) =>
        stored is not (null or Session) && (published.Contains(stored) || !isComplete) ? stored : published[0];
}
