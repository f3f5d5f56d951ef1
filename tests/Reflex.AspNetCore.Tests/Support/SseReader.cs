using System.Text.Json;

namespace Reflex.AspNetCore.Tests.Support;

/// <summary>Reads Server-Sent Events one by one, as an EventSource would, comments included.</summary>
internal sealed class SseReader(HttpResponseMessage response) : IDisposable
{
    private StreamReader? _reader;

    /// <summary>The id that an EventSource would reconnect with.</summary>
    public string? LastId { get; private set; }

    public static async Task<SseReader> OpenAsync(HttpServer server, string path, string? lastEventId = null)
    {
        var response = await server.OpenAsync(path, lastEventId: lastEventId);
        Assert.True(response.IsSuccessStatusCode, $"{path} answered {response.StatusCode}.");
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        return new SseReader(response);
    }

    /// <summary>The next block; null at the end of the response.</summary>
    public async Task<SseBlock?> ReadAsync()
    {
        _reader ??= new StreamReader(await response.Content.ReadAsStreamAsync());
        var block = new SseBlock();
        while (await _reader.ReadLineAsync() is { } line)
        {
            if (line.Length == 0)
            {
                LastId = block.Id ?? LastId;
                return block;
            }

            var colon = line.IndexOf(": ", StringComparison.Ordinal);
            Assert.True(colon >= 0, $"Not a line of Server-Sent Events: {line}");
            var value = line[(colon + 2)..];
            block = line[..colon] switch
            {
                "id" => block with { Id = value },
                "event" => block with { Event = value },
                "data" => block with { Data = JsonElement.Parse(value) },
                "" => block with { Comment = value },
                var other => throw new InvalidDataException($"Unknown field {other}."),
            };
        }

        return null;
    }

    /// <summary>The data of the next event; comments and bare ids are passed over.</summary>
    public async Task<JsonElement> ReadEventAsync()
    {
        while (true)
        {
            var block = await ReadAsync() ?? throw new InvalidDataException("The response ended before another event.");
            if (block.Data is { } data)
            {
                return block.Event is null ? data : throw new InvalidDataException($"{block.Event}: {data}");
            }
        }
    }

    /// <summary>Everything up to the end of the response.</summary>
    public async Task<List<SseBlock>> ReadAllAsync()
    {
        var blocks = new List<SseBlock>();
        while (await ReadAsync() is { } block)
        {
            blocks.Add(block);
        }

        return blocks;
    }

    public void Dispose()
    {
        _reader?.Dispose();
        response.Dispose();
    }
}
