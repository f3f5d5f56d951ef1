using Reflex.Events;

namespace Reflex.Storage.Postgres.Logs;

/// <summary>What a page is asked for by.</summary>
/// <param name="Key">The log's row.</param>
/// <param name="After">The event before the first one wanted.</param>
/// <param name="MaxBytes">About how much.</param>
internal readonly record struct PageStart(long Key, EventId After, int MaxBytes);
