using System.Text.Json;

namespace Reflex.AspNetCore.Tests.Support;

/// <summary>What stands between two blank lines.</summary>
internal sealed record SseBlock(string? Id = null, string? Event = null, JsonElement? Data = null, string? Comment = null);
