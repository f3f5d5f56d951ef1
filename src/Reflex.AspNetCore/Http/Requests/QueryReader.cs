using Microsoft.Extensions.Primitives;
using Reflex.AspNetCore.Http.Problems;

namespace Reflex.AspNetCore.Http.Requests;

/// <summary>Reads a request's query strictly: a parameter that means nothing here is an error, not ignored.</summary>
internal readonly struct QueryReader
{
    private readonly IQueryCollection _query;

    public QueryReader(HttpRequest request, params string[] known)
    {
        _query = request.Query;
        foreach (var name in _query.Keys)
        {
            if (!known.Contains(name, StringComparer.Ordinal))
            {
                throw ProblemException.BadRequest(
                    $"There is no query parameter '{name}' here: "
                    + (known.Length == 0 ? "this request takes none." : $"it takes {string.Join(", ", known)}.")).With("parameter", name);
            }
        }
    }

    /// <summary>Tries to read a text; answers false when it isn't of the expected form.</summary>
    public delegate bool TryParse<T>(string text, out T value);

    public static void RequireNone(HttpRequest request) => _ = new QueryReader(request);

    public T? Read<T>(string name, TryParse<T> tryParse, string expected)
        where T : struct
    {
        if (!_query.TryGetValue(name, out var values))
        {
            return null;
        }

        return values.Count == 1 && tryParse(values[0] ?? "", out var value) ? value : throw Bad(name, values, expected);
    }

    /// <summary>The texts of a parameter that may be there several times; null when it isn't there.</summary>
    public IReadOnlyList<string>? ReadList(string name) =>
        _query.TryGetValue(name, out var values) ? [.. values.Select(text => text ?? "")] : null;

    /// <inheritdoc cref="ReadList(string)"/>
    public IReadOnlyList<T>? ReadList<T>(string name, TryParse<T> tryParse, string expected)
    {
        if (!_query.TryGetValue(name, out var values))
        {
            return null;
        }

        var list = new List<T>(values.Count);
        foreach (var text in values)
        {
            list.Add(tryParse(text ?? "", out var value) ? value : throw Bad(name, values, expected));
        }

        return list;
    }

    public bool ReadFlag(string name) => Read<bool>(name, TryParseFlag, "true or false, once") ?? false;

    private static bool TryParseFlag(string text, out bool value)
    {
        value = text == "true";
        return value || text == "false";
    }

    private static ProblemException Bad(string name, StringValues values, string expected) =>
        ProblemException.BadRequest($"The query parameter '{name}' is '{values}'; expected {expected}.")
            .With("parameter", name).With("value", values.ToString());
}
