using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Reflex.Orleans.State;

/// <summary>Reads a list also as form 0 has it: an object whose <c>$values</c> are the list.</summary>
internal sealed class FormerListConverter<T> : JsonConverter<IReadOnlyList<T>>
{
    private const string Values = "$values";

    public override IReadOnlyList<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return ReadArray(ref reader, options);
        }

        IReadOnlyList<T> list = [];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isList = reader.ValueTextEquals(Values);
            reader.Read();
            if (isList)
            {
                list = ReadArray(ref reader, options);
            }
            else
            {
                reader.Skip();
            }
        }

        return list;
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<T> value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var item in value)
        {
            JsonSerializer.Serialize(writer, item, ItemOf(options));
        }

        writer.WriteEndArray();
    }

    private static List<T> ReadArray(ref Utf8JsonReader reader, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException();
        }

        var list = new List<T>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            list.Add(JsonSerializer.Deserialize(ref reader, ItemOf(options)) ?? throw new JsonException());
        }

        return list;
    }

    private static JsonTypeInfo<T> ItemOf(JsonSerializerOptions options) => (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
}
