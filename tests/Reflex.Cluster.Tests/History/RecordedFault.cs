using Reflex.Cluster.Tests.Faults;

namespace Reflex.Cluster.Tests.History;

/// <summary>A fault, and when.</summary>
/// <param name="Kind">What was done.</param>
/// <param name="Began">When it began, by <see cref="Clock"/>.</param>
/// <param name="Settled">When all went on after it, and every silo was a member again.</param>
internal sealed record RecordedFault(FaultKind Kind, long Began, long Settled);
