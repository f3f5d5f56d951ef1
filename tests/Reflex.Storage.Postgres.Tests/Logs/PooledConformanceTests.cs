using Reflex.Tests.Shared;

namespace Reflex.Storage.Postgres.Tests.Logs;

/// <summary>The same behind a PgBouncer that lends a connection for a transaction.</summary>
public sealed class PooledConformanceTests(PostgresServer server) : PostgresConformanceTests(server)
{
    protected override bool IsPooled => true;
}
