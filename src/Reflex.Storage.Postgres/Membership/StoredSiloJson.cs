using System.Text.Json.Serialization;

namespace Reflex.Storage.Postgres.Membership;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StoredSilo))]
internal sealed partial class StoredSiloJson : JsonSerializerContext;
