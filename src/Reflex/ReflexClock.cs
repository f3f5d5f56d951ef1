namespace Reflex;

/// <summary>Reflex's clock in a host.</summary>
public static class ReflexClock
{
    /// <summary>
    /// The key under which Reflex looks for its <see cref="TimeProvider"/>: register one under it to move Reflex's time and
    /// leave the cluster's alone. The system's clock is the default.
    /// </summary>
    public const string Name = "reflex";
}
