namespace Reflex.AspNetCore.Access;

/// <summary>The words for operations, as the configuration and the messages use them.</summary>
internal static class StreamOperationWords
{
    public static readonly IReadOnlyList<string> All = ["append", "stream", "consume", "administer", "observe"];

    public static bool TryParse(string? word, out StreamOperations operation)
    {
        operation = word switch
        {
            "append" => StreamOperations.Append,
            "stream" => StreamOperations.Stream,
            "consume" => StreamOperations.Consume,
            "administer" => StreamOperations.Administer,
            "observe" => StreamOperations.Observe,
            _ => StreamOperations.None,
        };
        return operation != StreamOperations.None;
    }

    public static IReadOnlyList<string> Of(StreamOperations operations) =>
        [.. All.Where(word => TryParse(word, out var operation) && operations.HasFlag(operation))];

    public static string Describe(StreamOperations anyOf) => string.Join(" or ", Of(anyOf));
}
