using System.Text.Json.Serialization;

namespace Reflex.Orleans.State;

/// <summary>The JSON of the forms. Names are compared without their case, since form 0 has them in upper case.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    PropertyNameCaseInsensitive = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(CursorForm))]
[JsonSerializable(typeof(CatalogForm))]
[JsonSerializable(typeof(StreamsForm))]
[JsonSerializable(typeof(StreamForm))]
[JsonSerializable(typeof(ConsumerForm))]
internal sealed partial class StateJson : JsonSerializerContext;
