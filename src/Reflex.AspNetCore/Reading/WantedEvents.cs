using System.Text;
using Reflex.Events;
using Reflex.Streams;

namespace Reflex.AspNetCore.Reading;

/// <summary>What a request may name of the events that it wants. Everything else would be an error of the server's own.</summary>
internal static class WantedEvents
{
    /// <exception cref="FormatException">There are too many.</exception>
    public static IReadOnlyList<EventType> Require(IReadOnlyList<EventType> types) => RequireFew(types, "types");

    /// <exception cref="FormatException">There are too many, or one that no event can have.</exception>
    public static IReadOnlyList<string> Require(IReadOnlyList<string> foreignIds)
    {
        foreach (var id in RequireFew(foreignIds, "foreign ids"))
        {
            if (Encoding.UTF8.GetByteCount(id) is > NewEvent.MaxForeignIdBytes and var bytes)
            {
                throw new FormatException(
                    $"The request names a foreign id of {bytes} bytes: expected at most {NewEvent.MaxForeignIdBytes}.");
            }
        }

        return foreignIds;
    }

    private static IReadOnlyList<T> RequireFew<T>(IReadOnlyList<T> wanted, string what) => wanted.Count <= EventFilter.MostWanted
        ? wanted
        : throw new FormatException($"The request names {wanted.Count} {what}: expected at most {EventFilter.MostWanted}.");
}
