using System.Text.Json;
using Reflex.Cursors;

namespace Reflex.AspNetCore.Tests.Support;

/// <summary>What stands between two blank lines.</summary>
internal sealed record SseBlock(string? Id = null, string? Event = null, JsonElement? Data = null, string? Comment = null)
{
    /// <summary>The id's events, without their lives.</summary>
    public string? Ids => Id is null ? null : Cursor.Parse(Id).WithoutLives().ToString();
}
