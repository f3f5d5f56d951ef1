using Reflex.Events;

namespace Reflex.Storage;

/// <summary>What a log holds.</summary>
/// <param name="Oldest">The oldest retained event; one more than <paramref name="Head"/> when it holds none.</param>
/// <param name="Head">The newest durable event; <see cref="EventId.None"/> when there never was one.</param>
/// <param name="Bytes">What it takes in its storage, in bytes.</param>
public readonly record struct LogBounds(EventId Oldest, EventId Head, long Bytes);
