namespace Reflex.Cluster.Tests.History;

/// <summary>An event as a reader has seen it.</summary>
internal readonly record struct SeenEvent(int Partition, long Id, Identity Identity);
