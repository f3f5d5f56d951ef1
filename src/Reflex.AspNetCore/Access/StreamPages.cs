using Reflex.Streams;

namespace Reflex.AspNetCore.Access;

/// <summary>Lists of the streams that a caller may see, page by page.</summary>
internal readonly struct StreamPages(IReflexClient client, Func<StreamName, bool> isVisible)
{
    // Of the cluster's list, from which those that the caller may not see are left out.
    private const int PageSize = 1000;

    /// <summary>Reads a page.</summary>
    /// <param name="after">The name after which it begins; null for the first page.</param>
    /// <param name="most">How many streams at most.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The streams, and whether there are more after them.</returns>
    public async Task<(List<StreamDefinition> Streams, bool HasMore)> ReadAsync(
        StreamName? after, int most, CancellationToken cancellationToken)
    {
        var streams = new List<StreamDefinition>();
        while (true)
        {
            var page = await client.ListStreamsAsync(after, PageSize, cancellationToken);
            foreach (var stream in page)
            {
                if (!isVisible(stream.Name))
                {
                    continue;
                }

                if (streams.Count == most)
                {
                    return (streams, HasMore: true);
                }

                streams.Add(stream);
            }

            if (page.Count < PageSize)
            {
                return (streams, HasMore: false);
            }

            after = page[^1].Name;
        }
    }
}
