namespace Reflex;

/// <summary>
/// The cluster, or the silo that owns what was asked for, can't be reached at the moment. Whether a call that changes something
/// had its effect is unknown.
/// </summary>
public sealed class ClusterUnavailableException : ReflexException
{
    /// <inheritdoc cref="ClusterUnavailableException"/>
    /// <param name="what">What couldn't be done: "append to orders/3", "list the streams".</param>
    /// <param name="innerException">The transport's error.</param>
    public ClusterUnavailableException(string what, Exception innerException)
        : base(
            $"Could not {what}, or the answer was lost: the cluster can't be reached ({innerException?.Message}); "
            + "try again a little later.",
            isTransient: true,
            innerException) =>
        SetClientMessage($"Could not {what}, or the answer was lost: the cluster can't be reached; try again a little later.");

    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.Unavailable;

    internal static ClusterUnavailableException Of(RemoteError error) => new(error.What, error.Cause);
}
