using Npgsql;

namespace Reflex.Tests.Shared;

// A role that has to say who it is; nobody else has to.
public sealed partial class PostgresServer
{
    /// <summary>Makes a role that may connect with its password, and do nothing; answers how a database is reached as it.</summary>
    public async Task<string> CreateRoleAsync(string connectionString, string role, string password)
    {
        await ExecuteAsync(connectionString, $"create role {role} login password '{password}'");
        var rules = Path.Combine(Data, "pg_hba.conf");
        await File.WriteAllTextAsync(
            rules, $"host all {role} 127.0.0.1/32 scram-sha-256\n{await File.ReadAllTextAsync(rules, Token)}", Token);
        await ExecuteAsync(connectionString, "select pg_reload_conf()");
        while (await ExecuteAsync(
            connectionString, $"select count(*) from pg_hba_file_rules where '{role}' = any(user_name)") is not 1L)
        {
            Token.ThrowIfCancellationRequested();
        }

        return new NpgsqlConnectionStringBuilder(connectionString) { Username = role, Password = password }.ConnectionString;
    }
}
