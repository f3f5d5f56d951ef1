using System.Collections.Immutable;

namespace Reflex.Orleans.Catalog;

/// <summary>Names for an error that says what there is instead.</summary>
/// <param name="Names">Those next to the name that isn't there, in their order.</param>
/// <param name="Others">How many there are besides.</param>
[GenerateSerializer, Immutable, Alias("reflex.NameSample")]
internal sealed record NameSample([property: Id(0)] ImmutableArray<string> Names, [property: Id(1)] int Others)
{
    /// <summary>More than a message lists: not all of them may be shown to everybody.</summary>
    public const int MaxNames = 100;
}
