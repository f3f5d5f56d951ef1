using Reflex.Streams;

namespace Reflex.Orleans.Storage;

/// <summary>What a verification has found of the embedded database of cursors and stream definitions.</summary>
/// <param name="Damage">A sentence that says what is damaged; null when nothing is.</param>
/// <param name="Cursors">The cursors that it holds; none when it is damaged.</param>
/// <param name="UnreadCursors">How many cursors have another form than the stock silo's, so that they can't be compared.</param>
public sealed record StateVerification(string? Damage, IReadOnlyList<StoredCursor> Cursors, int UnreadCursors)
{
    /// <summary>The streams that it defines; none when it is damaged, or when their form isn't known here.</summary>
    public IReadOnlyList<StreamDefinition> Streams { get; init; } = [];
}
