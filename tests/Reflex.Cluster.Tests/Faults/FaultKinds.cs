namespace Reflex.Cluster.Tests.Faults;

internal static class FaultKinds
{
    /// <summary>Whether consumers may handle events again after it. What is stopped in order hands over before it goes.</summary>
    public static bool MayRepeat(this FaultKind kind) => kind is not (FaultKind.None or FaultKind.SiloStopped or FaultKind.ClockWrong);
}
