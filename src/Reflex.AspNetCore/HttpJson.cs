using System.Text.Json;
using System.Text.Json.Serialization;
using Reflex.AspNetCore.Consumers;
using Reflex.AspNetCore.Events;
using Reflex.AspNetCore.Streams;

namespace Reflex.AspNetCore;

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
