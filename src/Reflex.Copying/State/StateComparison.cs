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
                return $"expected the state '{record.State}' of {record.Grain}, found none";
            }

            if (!record.Payload.Span.SequenceEqual(copy.Payload.Span))
            {
                return $"the state '{record.State}' of {record.Grain} is another than expected";
            }
        }

        return left.Values.FirstOrDefault() is { } more ? $"expected no state '{more.State}' of {more.Grain}, found one" : null;
    }
}
