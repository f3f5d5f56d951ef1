namespace Reflex.Orleans.Consumers;

/// <summary>The consumer runs, unless it was stopped.</summary>
/// <param name="Silo">Where it runs; null from versions that don't say so.</param>
[GenerateSerializer, Immutable, Alias("reflex.EnsureRunningResponse")]
internal sealed record EnsureRunningResponse([property: Id(0)] SiloAddress? Silo);
