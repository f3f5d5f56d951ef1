namespace Reflex;

/// <summary>The names under which Reflex looks for Orleans' providers.</summary>
public static class ReflexStorageNames
{
    /// <summary>
    /// The grain storage that holds cursors and stream definitions. Register any Orleans grain storage under this name to use
    /// it instead of the SQLite file in the log's data folder.
    /// </summary>
    public const string GrainStorage = "reflex";
}
