using Reflex.Tests.Shared;

namespace Reflex.Storage.Postgres.Tests.Membership;

/// <summary>The same behind a PgBouncer that lends a connection for a transaction.</summary>
public sealed class PooledMembershipTableTests(PostgresServer server) : PostgresMembershipTableTests(server)
{
    protected override bool IsPooled => true;
}
