using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace Reflex.Cli.Output;

/// <summary>Rows under titles, as a table or as JSON objects whose members are the titles in camel case.</summary>
internal sealed class Listing(params string[] titles)
{
    private readonly List<object?[]> _rows = [];

    /// <summary>Adds a row: texts, numbers, times and spans; null where there is nothing.</summary>
    public void Add(params object?[] cells) => _rows.Add(cells);

    public Table ToTable()
    {
        var table = new Table { Border = TableBorder.Simple };
        for (var i = 0; i < titles.Length; i++)
        {
            var isNumeric = _rows.Count > 0 && _rows.All(row => row[i] is null or long or int);
            table.AddColumn(new TableColumn(Markup.Escape(titles[i])) { Alignment = isNumeric ? Justify.Right : Justify.Left });
        }

        foreach (var row in _rows)
        {
            table.AddRow(row.Select(cell => Markup.Escape(VisibleText.Of(Text(cell)))).ToArray());
        }

        return table;
    }

    public JsonArray ToJson() => [.. _rows.Select(row => (JsonNode?)ToJson(row))];

    private static string Text(object? cell) => cell switch
    {
        null => "",
        DateTimeOffset time => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture),
        TimeSpan span => span.ToString("c", CultureInfo.InvariantCulture),
        IFormattable value => value.ToString(null, CultureInfo.InvariantCulture),
        _ => cell.ToString() ?? "",
    };

    private static JsonNode? Json(object? cell) => cell switch
    {
        null => null,
        int number => JsonValue.Create(number),
        long number => JsonValue.Create(number),
        double number => JsonValue.Create(number),
        DateTimeOffset time => JsonValue.Create(time.UtcDateTime),
        _ => JsonValue.Create(Text(cell)),
    };

    private JsonObject ToJson(object?[] row)
    {
        var json = new JsonObject();
        foreach (var (title, cell) in titles.Zip(row))
        {
            json[CamelCase(title)] = Json(cell);
        }

        return json;
    }

    private static string CamelCase(string title)
    {
        var words = title.Split(' ');
        return words[0] + string.Concat(words.Skip(1).Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
    }
}
