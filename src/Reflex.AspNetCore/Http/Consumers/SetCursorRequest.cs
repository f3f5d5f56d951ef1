namespace Reflex.AspNetCore.Http.Consumers;

/// <summary>Where to continue; the empty cursor starts over.</summary>
internal sealed record SetCursorRequest
{
    public const string Example =
        """{"cursor":"42"}, or {"cursor":"12.40.7"} with a place for each partition, or {"cursor":""} to start over""";

    public required string Cursor { get; init; }
}
