using System.CommandLine;
using System.Text.Json.Nodes;
using Reflex.Cli.Output;
using Reflex.Storage.Postgres;
using Reflex.Storage.Postgres.Schema;

namespace Reflex.Cli.Postgres;

/// <summary><c>reflex postgres schema</c>: what an administrator runs where the silos' role may not create.</summary>
internal static class PostgresCommands
{
    public static Command Create(CommandRunner runner) => new("postgres", "Prepares a PostgreSQL for a cluster.") { CreateSchema(runner) };

    private static Command CreateSchema(CommandRunner runner)
    {
        var schema = new Option<string>("--schema")
        {
            Description = "The schema, as the silos' setting Reflex:Postgres:Schema has it.",
            DefaultValueFactory = _ => new PostgresOptions().Schema,
        };
        var role = new Option<string?>("--role") { Description = "The role as which silos connect; with it, its grants are printed too." };
        var command = new Command("schema", "Prints the SQL that the first start of a silo would run; connects to nothing.")
        {
            schema, role,
        };
        runner.SetLocal(command, (parsed, terminal, _) =>
        {
            var script = PostgresScript.Make(parsed.GetRequiredValue(schema), parsed.GetValue(role));
            if (terminal.IsJson)
            {
                terminal.WriteJson(new JsonObject { ["sql"] = script });
                return Task.FromResult(ExitCodes.Done);
            }

            foreach (var line in script.TrimEnd().Split('\n'))
            {
                terminal.WriteLine(line);
            }

            return Task.FromResult(ExitCodes.Done);
        });
        return command;
    }
}
