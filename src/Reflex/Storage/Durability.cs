namespace Reflex.Storage;

/// <summary>When an append is done.</summary>
public enum Durability
{
    /// <summary>When the device has it (a database: when it is committed): it survives a power cut.</summary>
    Flushed,

    /// <summary>
    /// When the operating system has it: it survives a killed process, but not a power cut or a crash of the machine. Only by
    /// explicit choice; it shows in health and metrics.
    /// </summary>
    Buffered,
}
