namespace Reflex.Storage.Postgres.Logs;

/// <summary>What a log's row says of its owner.</summary>
/// <param name="Epoch">Its epoch.</param>
/// <param name="Head">The newest event.</param>
internal sealed record LogOwner(long Epoch, long Head);
