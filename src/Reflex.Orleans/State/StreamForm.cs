namespace Reflex.Orleans.State;

/// <summary>How a stream's definition is stored.</summary>
internal sealed record StreamForm(string Name, int Partitions, TimeSpan? MaxAge, long? MaxBytes);
