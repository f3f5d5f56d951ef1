namespace Reflex.Orleans.State;

/// <summary>How a stream is stored.</summary>
internal sealed record StreamForm(string Name, int Partitions, TimeSpan? MaxAge, long? MaxBytes)
{
    /// <summary>Its consumers; null when there are none.</summary>
    public IReadOnlyList<RegistrationForm>? Consumers { get; init; }

    public Guid? Deletion { get; init; }

    public Guid? Life { get; init; }
}
