using Reflex.Storage.Postgres.Database;

namespace Reflex.Storage.Postgres.Schema;

/// <summary>The SQL that makes what a cluster keeps in PostgreSQL, for an administrator to run where the cluster's role may not.</summary>
public static class PostgresScript
{
    private const string Command = "reflex postgres schema";

    /// <summary>What the start of a silo would run on a database without the schema, in one transaction.</summary>
    /// <param name="schema">The schema; see <see cref="PostgresOptions.Schema"/>.</param>
    /// <param name="role">The role as which silos use it, which gets the rights that it needs; null leaves the grants out.</param>
    /// <returns>The statements.</returns>
    /// <exception cref="ArgumentException">There can't be a schema or a role of that name.</exception>
    public static string Make(string schema, string? role = null)
    {
        if (!PostgresOptionsValidator.IsSchema(schema))
        {
            throw new ArgumentException($"The schema is '{schema}'; {PostgresOptionsValidator.SchemaRule}", nameof(schema));
        }

        if (role is "" || role?.Contains('\0', StringComparison.Ordinal) == true)
        {
            throw new ArgumentException("The role has no name: name the one as which silos connect.", nameof(role));
        }

        return string.Concat(
            [
                $"begin;\ncreate schema if not exists {schema};\n",
                .. PostgresSchema.Statements(schema, found: 0),
                role is null ? "" : Grants(schema, $"\"{role.Replace("\"", "\"\"", StringComparison.Ordinal)}\""),
                "commit;\n",
            ]);
    }

    /// <summary>The command that prints what the role of a database lacks.</summary>
    internal static string CommandFor(PostgresDatabase database) =>
        database.Schema == new PostgresOptions().Schema
            ? $"{Command} --role {database.Role}"
            : $"{Command} --schema {database.Schema} --role {database.Role}";

    private static string Grants(string schema, string role) =>
        $"""
        grant usage on schema {schema} to {role};
        grant select, insert, update, delete on all tables in schema {schema} to {role};
        grant usage on all sequences in schema {schema} to {role};

        """;
}
