namespace Reflex.Orleans.State;

/// <summary>How the name of a consumer that runs outside the cluster is stored.</summary>
internal sealed record ConsumerForm(string Stream, string Name, string GrainType);
