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
        var grain = command.Parameters.Add("$grain", SqliteType.Text);
        var state = command.Parameters.Add("$state", SqliteType.Text);
        var parts = new IReadOnlyList<StoredStream>?[CatalogParts.Count];
        for (var part = 0; part < parts.Length; part++)
        {
            parts[part] = Payload(CatalogParts.RecordOf(part), StreamsState.StateName) is { } stored
                ? StateSerializer.TryReadStreams(stored)?.Streams ?? []
                : null;
        }

        var former = Payload(CatalogStore.FormerRecord, CatalogState.StateName) is { } record
            ? StateSerializer.TryReadCatalog(record)
            : null;
        return
        [
            .. CatalogParts.Join(parts, former)
                .Where(stream => !stream.IsDeleting)
                .Select(stream => stream.Definition.ToDefinition())
                .OrderBy(stream => stream.Name),
        ];

        byte[]? Payload(GrainId record, string stateName)
        {
            grain.Value = record.ToString();
            state.Value = stateName;
            return command.ExecuteScalar() as byte[];
        }
    }
}
