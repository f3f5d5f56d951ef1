namespace Reflex.Consumers;

/// <summary>What a consumer is doing.</summary>
public enum ConsumerState
{
    /// <summary>
    /// It handles events, or waits for them at the head. One whose logic is outside the cluster may do so: whether it is there, its
    /// lag shows.
    /// </summary>
    Running,

    /// <summary>An error stopped it at an event, which it tries again with back-off.</summary>
    Stuck,

    /// <summary>Somebody stopped it; it stays so, through restarts, until it is started.</summary>
    Stopped,

    /// <summary>
    /// The cluster has run it, and no silo has it registered any more. Its cursor is kept: a silo that registers it goes on with it, a
    /// session can take it over, and it can be removed.
    /// </summary>
    Unregistered,
}
