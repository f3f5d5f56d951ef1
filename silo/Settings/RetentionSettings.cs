namespace Reflex.Silo.Settings;

/// <summary>How long a stream keeps events; what is null sets no limit.</summary>
internal sealed class RetentionSettings
{
    /// <summary>Longer than zero.</summary>
    public TimeSpan? MaxAge { get; set; }

    /// <summary>For each partition, at least one.</summary>
    public long? MaxBytes { get; set; }
}
