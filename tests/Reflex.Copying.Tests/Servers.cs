using Reflex.Tests.Shared;

[assembly: AssemblyFixture(typeof(PostgresServer))]
