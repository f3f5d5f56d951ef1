namespace Reflex.Silo.Settings;

/// <summary>What <c>Reflex:Access</c> says of Orleans' own ports, which know nothing of who may do what.</summary>
internal sealed class OrleansAccessSettings
{
    /// <summary>
    /// Says in so many words that Orleans' ports may be reached from other machines without TLS, and that whoever reaches them may do
    /// everything.
    /// </summary>
    /// <value>The default is false.</value>
    public bool AllowOrleansFromOtherMachines { get; set; }
}
