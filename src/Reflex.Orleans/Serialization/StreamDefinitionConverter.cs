using Reflex.Streams;

namespace Reflex.Orleans.Serialization;

[RegisterConverter]
internal sealed class StreamDefinitionConverter : IConverter<StreamDefinition, StreamDefinitionSurrogate>
{
    public static StreamDefinitionSurrogate ToSurrogate(StreamDefinition value) => new()
    {
        Name = value.Name.Value,
        Partitions = value.Partitions,
        MaxAge = value.Retention.MaxAge,
        MaxBytes = value.Retention.MaxBytes,
    };

    public static StreamDefinition FromSurrogate(in StreamDefinitionSurrogate surrogate) => new(
        surrogate.Name,
        surrogate.Partitions,
        new Retention { MaxAge = surrogate.MaxAge, MaxBytes = surrogate.MaxBytes });

    StreamDefinition IConverter<StreamDefinition, StreamDefinitionSurrogate>.ConvertFromSurrogate(
        in StreamDefinitionSurrogate surrogate) => FromSurrogate(surrogate);

    StreamDefinitionSurrogate IConverter<StreamDefinition, StreamDefinitionSurrogate>.ConvertToSurrogate(
        in StreamDefinition value) => ToSurrogate(value);
}
