namespace Reflex.Orleans.Spread;

/// <summary>Evens out how many partitions and consumers the silos have. There is one, with the key 0; two would do no harm.</summary>
[Alias("reflex.ISpreadGrain"), GrainInterfaceType("reflex.spread")]
internal interface ISpreadGrain : IGrainWithIntegerKey
{
    /// <summary>Begins to look, unless it has just looked; answers at once.</summary>
    [Alias("EvenOut")]
    Task<EvenOutResponse> EvenOutAsync(EvenOutRequest request);
}
