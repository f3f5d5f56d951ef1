using Reflex.Streams;

namespace Reflex.AspNetCore.Http.Streams;

/// <summary>A stream's definition as it is stored.</summary>
internal sealed record DefinitionResponse(string Name, int Partitions, RetentionJson Retention)
{
    public static DefinitionResponse From(StreamDefinition definition) =>
        new(definition.Name.Value, definition.Partitions, RetentionJson.From(definition.Retention));
}
