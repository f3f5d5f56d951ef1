namespace Reflex.Cluster.Tests.Load;

internal enum Role
{
    Reader,
    Consumer,
}
