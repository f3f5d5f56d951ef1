namespace Reflex.Orleans.Catalog;

/// <summary>What the catalog stores of a consumer.</summary>
/// <param name="Name">Its name.</param>
/// <param name="GrainType">The type of the grains that run it, or ran it last; that of sessions when it runs outside the cluster.</param>
/// <param name="Removal">The removal that it is under: nobody finds it, and its name isn't free yet; null when it is there.</param>
[GenerateSerializer, Immutable, Alias("reflex.StoredRegistration")]
internal sealed record StoredRegistration(
    [property: Id(0)] string Name,
    [property: Id(1)] string GrainType,
    [property: Id(2)] Guid? Removal = null)
{
    public bool IsRemoving => Removal is not null;
}
