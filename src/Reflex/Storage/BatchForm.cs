namespace Reflex.Storage;

/// <summary>
/// Which batches a program takes: what older programs would misread is agreed before it is sent. Each form takes those of the ones before;
/// who says none, as the oldest programs, takes the first.
/// </summary>
public static class BatchForm
{
    /// <summary>Sealed batches without keys.</summary>
    public const int Plain = 1;

    /// <summary>Also batches with keys, and picked ones.</summary>
    public const int KeysAndPicked = 2;

    /// <summary>What this program takes.</summary>
    public const int Newest = KeysAndPicked;
}
