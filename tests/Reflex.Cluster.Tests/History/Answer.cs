using Reflex.Streams;

namespace Reflex.Cluster.Tests.History;

/// <summary>What an appender was answered.</summary>
/// <param name="Identity">Its event.</param>
/// <param name="Position">Where it was told that it stands; null when the append failed, or wasn't answered in time.</param>
internal readonly record struct Answer(Identity Identity, EventPosition? Position);
