using Reflex.Tests.Shared;

namespace Reflex.Storage.Postgres.Tests.State;

/// <summary>The same behind a PgBouncer that lends a connection for a transaction.</summary>
public sealed class PooledGrainStorageTests(PostgresServer server) : PostgresGrainStorageTests(server)
{
    protected override bool IsPooled => true;
}
