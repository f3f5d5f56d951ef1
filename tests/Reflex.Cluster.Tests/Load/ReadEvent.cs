using Reflex.Cluster.Tests.History;
using Reflex.Cursors;

namespace Reflex.Cluster.Tests.Load;

/// <summary>An event, and the cursor that goes on after it.</summary>
internal readonly record struct ReadEvent(SeenEvent Event, Cursor Cursor);
