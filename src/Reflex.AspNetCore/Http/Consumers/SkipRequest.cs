namespace Reflex.AspNetCore.Http.Consumers;

/// <summary>Which event to go past. Both are required: skipping is nothing to do by default.</summary>
internal sealed record SkipRequest
{
    public const string Example = """{"partition":0,"id":"42"}""";

    public required int Partition { get; init; }

    public required string Id { get; init; }
}
