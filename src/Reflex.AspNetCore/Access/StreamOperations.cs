namespace Reflex.AspNetCore.Access;

/// <summary>What a caller may do with a stream.</summary>
[Flags]
internal enum StreamOperations
{
    None = 0,

    /// <summary>Append events.</summary>
    Append = 1,

    /// <summary>Read events.</summary>
    Stream = 2,

    /// <summary>Run a consumer elsewhere whose cursor the cluster keeps, and look at consumers.</summary>
    Consume = 4,

    /// <summary>Define the stream, control its consumers, look at them and move their cursors.</summary>
    Administer = 8,

    /// <summary>Look at the metrics. They tell of all streams, and so this is allowed on all of them or not at all.</summary>
    Observe = 16,

    /// <summary>Who may do any of these may see the stream.</summary>
    Any = Append | Stream | Consume | Administer,
}
