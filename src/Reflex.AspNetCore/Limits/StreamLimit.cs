namespace Reflex.AspNetCore.Limits;

/// <summary>Counts the streams and sessions of each client, and refuses those over the limit.</summary>
internal sealed class StreamLimit(ClientNames names, ServerInstruments instruments)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _open = new(StringComparer.Ordinal);

    /// <summary>Counts a stream until what is returned is disposed.</summary>
    /// <exception cref="TooManyStreamsException">The client has as many as it may.</exception>
    public IDisposable Enter(HttpContext http, int limit)
    {
        var clients = names.Of(http);
        var transport = ServerInstruments.TransportOf(http.Request);
        lock (_lock)
        {
            if (clients.Any(client => _open.GetValueOrDefault(client) >= limit))
            {
                instruments.OnRefused(transport);
                throw new TooManyStreamsException(limit);
            }

            foreach (var client in clients)
            {
                _open[client] = _open.GetValueOrDefault(client) + 1;
            }
        }

        instruments.OnOpened(transport);
        return new Entered(this, clients, transport);
    }

    private void Leave(string[] clients, string transport)
    {
        instruments.OnEnded(transport);
        lock (_lock)
        {
            foreach (var client in clients)
            {
                if (_open[client] == 1)
                {
                    _open.Remove(client);
                }
                else
                {
                    _open[client]--;
                }
            }
        }
    }

    private sealed class Entered(StreamLimit limit, string[] clients, string transport) : IDisposable
    {
        private string[]? _clients = clients;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _clients, null) is { } left)
            {
                limit.Leave(left, transport);
            }
        }
    }
}
