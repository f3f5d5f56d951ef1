namespace Reflex.Orleans.Spread;

/// <summary>What is spread over the silos, each kind for itself.</summary>
internal enum MovableKind
{
    Partition,
    Consumer,
}
