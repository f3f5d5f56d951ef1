using System.Security.Claims;
using Reflex.AspNetCore.Access;

namespace Reflex.AspNetCore.Limits;

/// <summary>Counts the streams and sessions of each client, and refuses those over the limit.</summary>
/// <remarks>
/// A client is the caller that its credentials prove, on however many connections. Without access control it is a connection, and while
/// access is on all those together that need no credential, such as watchers of the health.
/// </remarks>
internal sealed class StreamLimit(AccessGuard access, StreamInstruments instruments)
{
    private const string Anonymous = "anonymous";

    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _open = new(StringComparer.Ordinal);

    /// <summary>Counts a stream until what is returned is disposed.</summary>
    /// <exception cref="TooManyStreamsException">The client has as many as it may.</exception>
    public IDisposable Enter(HttpContext http, int limit)
    {
        var clients = ClientsOf(http);
        var transport = StreamInstruments.TransportOf(http.Request);
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

    /// <summary>By all its credentials: with one more or one less it isn't another client.</summary>
    private string[] ClientsOf(HttpContext http)
    {
        if (!access.IsOn)
        {
            return [$"connection {http.Connection.Id}"];
        }

        return access.CallerOf(http) is { } caller ? [.. caller.Identities.Select(NameOf).Distinct()] : [Anonymous];
    }

    private static string NameOf(ClaimsIdentity identity) =>
        "caller " + (identity.Name ?? string.Join(' ', identity.Claims.Select(claim => claim.Value)));

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
