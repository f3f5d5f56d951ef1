namespace Reflex.Benchmarks.Silo;

/// <summary>What a process takes.</summary>
/// <param name="HeapBytes">The live objects of .NET.</param>
/// <param name="ResidentBytes">What the process has of the machine's memory.</param>
/// <param name="Processor">The processor time up to the question.</param>
/// <param name="ProcessorAfter">The processor time up to the answer: the garbage collection that the question costs lies between.</param>
[GenerateSerializer, Immutable, Alias("reflex.bench.ProcessUse")]
internal sealed record ProcessUse(
    [property: Id(0)] long HeapBytes,
    [property: Id(1)] long ResidentBytes,
    [property: Id(2)] TimeSpan Processor,
    [property: Id(3)] TimeSpan ProcessorAfter);
