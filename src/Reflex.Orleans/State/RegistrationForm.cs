namespace Reflex.Orleans.State;

/// <summary>How a consumer is stored with its stream.</summary>
internal sealed record RegistrationForm(string Name, string GrainType)
{
    public Guid? Removal { get; init; }
}
