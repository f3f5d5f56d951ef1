namespace Reflex.Cluster.Tests.Load;

/// <summary>A reader or a consumer on one partition.</summary>
internal readonly record struct Follower(Role Role, string Name, int Partition)
{
    public override string ToString() => $"{Role} {Name}/{Partition}";
}
