using Reflex.Storage;

namespace Reflex.Copying.State;

/// <summary>Compares the records of grains' state with their copies.</summary>
internal static class StateComparison
{
    /// <summary>The first difference, as a part of a sentence; null when both are the same.</summary>
    public static string? Find(IReadOnlyList<StateRecord> expected, IReadOnlyList<StateRecord> found)
    {
        var left = found.ToDictionary(record => (record.Grain, record.State));
        foreach (var record in expected)
        {
            if (!left.Remove((record.Grain, record.State), out var copy))
            {
                return $"expected {Tell(record)}, found none";
            }

            if (!record.Payload.Span.SequenceEqual(copy.Payload.Span))
            {
                return $"{Tell(record)} is another than expected";
            }
        }

        return left.Values.FirstOrDefault() is { } more ? $"{Tell(more)} is there, which isn't expected" : null;
    }

    /// <summary>What a record is to whoever uses Reflex. The names are those of STATE.md.</summary>
    private static string Tell(StateRecord record) => (record.Grain.Split('/'), record.State) switch
    {
        (["reflex.cursor", var stream, var partition, var consumer], "cursor") =>
            $"the cursor of the consumer '{consumer}' in {stream}/{partition}",
        (["reflex.streams" or "reflex.catalog", ..], "streams" or "catalog") => "a part of the list of streams and consumers",
        _ => $"the state '{record.State}' of {record.Grain}",
    };
}
