using Reflex.Tests.Shared;

namespace Reflex.Copying.Tests.Support;

/// <summary>Somebody who changes what was imported into a PostgreSQL.</summary>
/// <param name="database">The database.</param>
/// <param name="statement">What is done to it, after everything was imported that an import brings.</param>
internal sealed class Damage(string database, string statement) : Steps
{
    protected override ValueTask BeforeAsync(string step) => ValueTask.CompletedTask;

    protected override async ValueTask AfterAsync(string step)
    {
        if (step == "import")
        {
            await PostgresServer.ExecuteAsync(database, statement);
        }
    }
}
