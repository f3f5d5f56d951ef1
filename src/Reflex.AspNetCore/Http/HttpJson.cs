using System.Text.Json;
using System.Text.Json.Serialization;
using Reflex.AspNetCore.Http.Consumers;
using Reflex.AspNetCore.Http.Events;
using Reflex.AspNetCore.Http.Streams;

namespace Reflex.AspNetCore.Http;

/// <summary>The JSON of definitions, statuses and controls. Unknown members are errors, since they are typing errors.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    PropertyNameCaseInsensitive = false,
    NumberHandling = JsonNumberHandling.Strict,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(DefineRequest))]
[JsonSerializable(typeof(DefinitionResponse))]
[JsonSerializable(typeof(StreamResponse))]
[JsonSerializable(typeof(StreamListResponse))]
[JsonSerializable(typeof(AppendedEventResponse))]
[JsonSerializable(typeof(AppendedEventsResponse))]
[JsonSerializable(typeof(ConsumerResponse))]
[JsonSerializable(typeof(SkipRequest))]
[JsonSerializable(typeof(SetCursorRequest))]
internal sealed partial class HttpJson : JsonSerializerContext;
