using System.Globalization;
using Grpc.Core;
using Microsoft.Extensions.Options;
using Reflex.Grpc.Errors;

namespace Reflex.AspNetCore.Rpc.Limits;

/// <summary>Counts the streams and sessions of each client, and refuses those over the limit.</summary>
internal sealed class StreamLimit(IOptions<ReflexGrpcOptions> options)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _open = new(StringComparer.Ordinal);

    /// <summary>Counts a call until what is returned is disposed.</summary>
    /// <exception cref="RefusedCallException">The client has as many as it may.</exception>
    public IDisposable Enter(ServerCallContext call)
    {
        var http = call.GetHttpContext();
        var client = http.User.Identity is { IsAuthenticated: true, Name: { } name }
            ? $"identity {name}"
            : $"connection {http.Connection.Id}";
        var limit = options.Value.MaxStreamsPerClient;
        lock (_lock)
        {
            var open = _open.GetValueOrDefault(client);
            if (open >= limit)
            {
                throw new RefusedCallException(new ErrorStatus(
                    StatusCode.ResourceExhausted,
                    ErrorReasons.TooManyStreams,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"The client has {open} streams open, which is the limit: end one of them before another is opened."))
                    .With("limit", limit));
            }

            _open[client] = open + 1;
        }

        return new Entered(this, client);
    }

    private void Leave(string client)
    {
        lock (_lock)
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

    private sealed class Entered(StreamLimit limit, string client) : IDisposable
    {
        public void Dispose() => limit.Leave(client);
    }
}
