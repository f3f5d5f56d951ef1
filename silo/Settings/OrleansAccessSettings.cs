namespace Reflex.Silo.Settings;

/// <summary>What <c>Reflex:Access</c> says of Orleans' own ports, which know nothing of who may do what.</summary>
internal sealed class OrleansAccessSettings
{
    /// <summary>
    /// Says in so many words that a silo alone may be reached on Orleans' ports from other machines, and that whoever reaches them may do
    /// everything. A cluster's silos always may, since they reach one another there.
    /// </summary>
    /// <value>The default is false.</value>
    public bool AllowOrleansFromOtherMachines { get; set; }
}
