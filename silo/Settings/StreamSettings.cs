namespace Reflex.Silo.Settings;

/// <summary>A stream that is defined at the start, below <c>Reflex:Streams:NAME</c>.</summary>
internal sealed class StreamSettings
{
    /// <summary>How many partitions it has; null means one.</summary>
    public int? Partitions { get; set; }

    /// <summary>How long it keeps events; null means forever.</summary>
    public RetentionSettings? Retention { get; set; }
}
