namespace Reflex.AspNetCore.Http.Requests;

/// <summary>Asks the cluster about many things for one answer.</summary>
internal static class Gathering
{
    /// <summary>How many things are asked about at a time: a list must not flood the cluster with calls, whatever its length.</summary>
    public const int Concurrent = 32;

    /// <summary>Asks about each item, some at a time, and answers in the items' order.</summary>
    public static async Task<IReadOnlyList<TAnswer>> GatherAsync<TItem, TAnswer>(
        IReadOnlyList<TItem> items, Func<TItem, Task<TAnswer>> askAsync)
    {
        var answers = new List<TAnswer>(items.Count);
        foreach (var chunk in items.Chunk(Concurrent))
        {
            answers.AddRange(await Task.WhenAll(chunk.Select(askAsync)));
        }

        return answers;
    }
}
