namespace Reflex.Benchmarks.Reporting;

/// <summary>One measured figure.</summary>
/// <param name="System">What was measured: ours, a peer, or a ratio of two.</param>
/// <param name="Name">The figure.</param>
/// <param name="Value">Its value.</param>
/// <param name="Unit">The value's unit.</param>
internal sealed record Figure(string System, string Name, double Value, string Unit);
