namespace Reflex.Cluster.Tests.Cluster;

/// <summary>How a silo's process ended.</summary>
internal enum SiloEnding
{
    /// <summary>It hasn't.</summary>
    None,

    /// <summary>The test killed it, which nothing of it survived.</summary>
    Killed,

    /// <summary>The test stopped it in order.</summary>
    Stopped,

    /// <summary>It ended itself: it found that the others had declared it dead, or failed.</summary>
    ByItself,
}
