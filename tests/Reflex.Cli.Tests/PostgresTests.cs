using System.Text.Json;
using Reflex.Cli.Tests.Support;
using Reflex.Storage.Postgres.Schema;

namespace Reflex.Cli.Tests;

public sealed class PostgresTests
{
    [Fact]
    public async Task Schema_OfANameAndARole_IsTheSqlAndNothingElse()
    {
        Assert.Equal(PostgresScript.Make("reflex"), (await Tool.RunAsync("postgres", "schema")).Done());
        string[] named = ["postgres", "schema", "--schema", "events", "--role", "it\"s"];
        var script = (await Tool.RunAsync(named)).Done();
        Assert.Equal(PostgresScript.Make("events", "it\"s"), script);
        Assert.Contains("grant usage on schema events to \"it\"\"s\";", script, StringComparison.Ordinal);
        var json = JsonElement.Parse((await Tool.RunAsync([.. named, "--json"])).Done());
        Assert.Equal(script, json.GetProperty("sql").GetString());
    }

    [Fact]
    public async Task Schema_OfANameThatCannotBe_IsRefused() => Assert.Contains(
        "The schema is 'pg_x'; it must have lower-case letters",
        (await Tool.RunAsync("postgres", "schema", "--schema", "pg_x")).Sentence(ExitCodes.Misused),
        StringComparison.Ordinal);
}
