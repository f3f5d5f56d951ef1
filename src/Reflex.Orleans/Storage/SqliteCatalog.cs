using Microsoft.Data.Sqlite;
using Reflex.Orleans.Catalog;
using Reflex.Orleans.State;
using Reflex.Streams;

namespace Reflex.Orleans.Storage;

/// <summary>The stream definitions in a database that no silo uses.</summary>
internal static class SqliteCatalog
{
    /// <summary>The streams; none where another serializer has written them.</summary>
    public static IReadOnlyList<StreamDefinition> Read(SqliteConnection connection)
    {
        if (!SqliteCursors.HasTable(connection))
        {
            return [];
        }

        using var command = connection.CreateCommand();
        command.CommandText = "SELECT payload FROM grain_state WHERE grain = $grain AND state = $state";
        var grain = GrainId.Create(GrainType.Create(CatalogState.GrainType), GrainIdKeyExtensions.CreateIntegerKey(0));
        command.Parameters.AddWithValue("$grain", grain.ToString());
        command.Parameters.AddWithValue("$state", CatalogState.StateName);
        return command.ExecuteScalar() is byte[] payload && StateSerializer.TryReadCatalog(payload) is { } catalog
            ? [.. catalog.Streams.Select(stream => stream.ToDefinition())]
            : [];
    }
}
