namespace Reflex;

/// <summary>The names under which Reflex looks for Orleans' providers.</summary>
public static class ReflexStorageNames
{
    /// <summary>
    /// The grain storage that holds cursors and stream definitions. Register any Orleans grain storage under this name, or choose the
    /// embedded one: <c>UseSqliteState</c>.
    /// </summary>
    public const string GrainStorage = "reflex";
}
