namespace Reflex.Benchmarks.Peers;

/// <summary>
/// What a reader does with each event. Bytes, not objects: every system then decodes what a consumer looks at, and none pays for
/// another's way of holding it.
/// </summary>
internal delegate void EventHandler(int type, ReadOnlySpan<byte> foreignId, ReadOnlySpan<byte> metadata);
