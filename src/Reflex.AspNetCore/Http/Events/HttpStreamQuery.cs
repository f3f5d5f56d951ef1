using System.Globalization;
using Reflex.AspNetCore.Http.Problems;
using Reflex.AspNetCore.Http.Requests;
using Reflex.AspNetCore.Reading;
using Reflex.Cursors;
using Reflex.Events;

namespace Reflex.AspNetCore.Http.Events;

/// <summary>Reads what a request's URL and headers ask for.</summary>
internal static class HttpStreamQuery
{
    private const string LastEventId = "Last-Event-ID";
    private const string TypeForm = "a whole number, as often as there are types that are wanted";
    private const string CursorForm =
        "a cursor that was given such as 12@39f3a01bc, an event id such as 12, 9223372036854775807 at most, or one for each partition such "
        + "as 12.40.7";

    public static StreamQuery Read(HttpRequest request)
    {
        var query = new QueryReader(request, "after", "partition", "fromHead", "toHead", "lag", "type", "foreignId");
        var after = query.Read<Cursor>("after", TryParseCursor, CursorForm);
        var resumed = ReadLastEventId(request);
        return new StreamQuery(
            resumed ?? after ?? Cursor.Empty,
            query.Read<int>("partition", TryParsePartition, $"a number from 0 to {Cursor.MaxPartitions - 1}"),

            // A client that reconnects repeats its first request; what it has missed since then is what it wants.
            query.ReadFlag("fromHead") && resumed is null,
            query.ReadFlag("toHead"),
            query.Read<TimeSpan>("lag", TimeText.TryParse, TimeText.Form) ?? TimeSpan.Zero,
            query.ReadList<EventType>("type", TryParseType, TypeForm) is { } types ? WantedEvents.Require(types) : null,
            query.ReadList("foreignId") is { } foreignIds ? WantedEvents.Require(foreignIds) : null);
    }

    private static bool TryParseType(string text, out EventType type)
    {
        var isNumber = int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number);
        type = number;
        return isNumber;
    }

    private static Cursor? ReadLastEventId(HttpRequest request)
    {
        var text = request.Headers[LastEventId].ToString();
        if (text.Length == 0)
        {
            return null;
        }

        return Cursor.TryParse(text, out var cursor)
            ? cursor
            : throw ProblemException.BadRequest($"The header {LastEventId} is '{text}'; expected {CursorForm}.")
                .With("header", LastEventId).With("value", text);
    }

    private static bool TryParseCursor(string text, out Cursor cursor) => Cursor.TryParse(text, out cursor);

    private static bool TryParsePartition(string text, out int partition) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out partition) && partition < Cursor.MaxPartitions;
}
