using Reflex.Cursors;
using Reflex.Events;

namespace Reflex.Streams;

/// <summary>Shorter ways to call an <see cref="IEventStream"/>.</summary>
public static class EventStreamExtensions
{
    /// <summary>Appends an event of an application's enum.</summary>
    /// <typeparam name="TEnum">The enum.</typeparam>
    /// <param name="stream">The stream that gets it.</param>
    /// <param name="type">What happened.</param>
    /// <param name="foreignId">Which entity it happened to.</param>
    /// <param name="metadata">A little more about it; not to be changed until the call ends.</param>
    /// <param name="cancellationToken">Ends the wait; the event may have been appended all the same.</param>
    /// <returns>Where it stands, once it is durable.</returns>
    public static Task<EventPosition> AppendAsync<TEnum>(
        this IEventStream stream,
        TEnum type,
        string foreignId,
        ReadOnlyMemory<byte> metadata = default,
        CancellationToken cancellationToken = default)
        where TEnum : struct, Enum =>
        stream.AppendAsync(NewEvent.Of(type, foreignId) with { Metadata = metadata }, cancellationToken);

    /// <summary>Appends an event of an application's enum with metadata of text.</summary>
    /// <typeparam name="TEnum">The enum.</typeparam>
    /// <param name="stream">The stream that gets it.</param>
    /// <param name="type">What happened.</param>
    /// <param name="foreignId">Which entity it happened to.</param>
    /// <param name="metadata">A little more about it, stored as UTF-8.</param>
    /// <param name="cancellationToken">Ends the wait; the event may have been appended all the same.</param>
    /// <returns>Where it stands, once it is durable.</returns>
    /// <exception cref="ArgumentException">The foreign id or the metadata is no text: it holds half a surrogate pair.</exception>
    public static Task<EventPosition> AppendAsync<TEnum>(
        this IEventStream stream,
        TEnum type,
        string foreignId,
        string metadata,
        CancellationToken cancellationToken = default)
        where TEnum : struct, Enum =>
        stream.AppendAsync(
            NewEvent.Of(type, foreignId) with { Metadata = Utf8Text.Encode(metadata, "An event's metadata", nameof(metadata)) },
            cancellationToken);

    /// <summary>The whole stream after a cursor, endlessly.</summary>
    /// <param name="stream">The stream to read.</param>
    /// <param name="after">Where to continue; empty starts with the oldest retained events.</param>
    /// <param name="cancellationToken">Ends the sequence.</param>
    /// <returns>The events.</returns>
    public static IAsyncEnumerable<Event> StreamAsync(
        this IEventStream stream, Cursor after, CancellationToken cancellationToken = default) =>
        stream.StreamAsync(after, StreamOptions.Default, cancellationToken);
}
