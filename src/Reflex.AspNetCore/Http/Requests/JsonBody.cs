using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Reflex.AspNetCore.Http.Problems;

namespace Reflex.AspNetCore.Http.Requests;

/// <summary>Reads the small JSON bodies of definitions and controls.</summary>
internal static class JsonBody
{
    // Such a body has a few members; the limit only keeps nonsense out of memory.
    private const int MaxBytes = 64 * 1024;

    /// <summary>Reads a body.</summary>
    /// <param name="request">Whose body it is.</param>
    /// <param name="type">What to read it as.</param>
    /// <param name="expected">An example, which the error shows.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <returns>What it says; null when the request has no body.</returns>
    public static async ValueTask<T?> ReadOptionalAsync<T>(
        HttpRequest request, JsonTypeInfo<T> type, string expected, CancellationToken cancellationToken)
        where T : class
    {
        using var limited = LimitedBody.Open(request, MaxBytes, $"send {expected}");
        var body = await limited.ReadAllAsync(cancellationToken);
        if (body.Length == 0)
        {
            return null;
        }

        MediaTypes.OfBody(request, MediaTypes.Json);
        try
        {
            return JsonSerializer.Deserialize(body, type) ?? throw Malformed("it is null", expected);
        }
        catch (JsonException error)
        {
            throw Malformed(
                error.Path is null or "$" || error.InnerException is JsonException
                    ? $"it is wrong at byte {error.BytePositionInLine + 1} of line {error.LineNumber + 1}"
                    : $"'{error.Path.TrimStart('$', '.')}' is unknown or has a wrong value",
                expected);
        }
    }

    public static async ValueTask<T> ReadAsync<T>(
        HttpRequest request, JsonTypeInfo<T> type, string expected, CancellationToken cancellationToken)
        where T : class =>
        await ReadOptionalAsync(request, type, expected, cancellationToken) ?? throw Malformed("it is empty", expected);

    private static ProblemException Malformed(string fault, string expected) =>
        ProblemException.Malformed($"The body can't be read, since {fault}; expected JSON such as {expected}.");
}
