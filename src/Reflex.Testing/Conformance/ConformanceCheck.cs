namespace Reflex.Testing.Conformance;

/// <summary>One promise of the contract, and how to find out whether a storage keeps it.</summary>
internal sealed record ConformanceCheck(string Name, Func<ConformanceRun, Task> Body);
