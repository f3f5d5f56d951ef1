using Microsoft.Extensions.Options;
using Reflex.Events;

namespace Reflex.AspNetCore.Limits;

/// <summary>Lets each client append at the rates that the operator allows. Thread-safe.</summary>
internal sealed class AppendRates(ClientNames names, IOptions<ReflexServerOptions> options, ServerInstruments instruments)
{
    // Clients that have used nothing lately are forgotten when this many more have come.
    private const int MostIdle = 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Client> _clients = new(StringComparer.Ordinal);
    private int _sweepAt = MostIdle;

    private bool IsOn => options.Value.MaxAppendsPerSecond is not null || options.Value.MaxAppendedBytesPerSecond is not null;

    /// <inheritdoc cref="Admit(HttpContext, IReadOnlyList{NewEvent})"/>
    public void Admit(HttpContext http, in NewEvent e)
    {
        if (IsOn)
        {
            Admit(http, [e]);
        }
    }

    /// <summary>Counts an append.</summary>
    /// <exception cref="RateExceededException">The client has used its rate up.</exception>
    public void Admit(HttpContext http, IReadOnlyList<NewEvent> events)
    {
        if (IsOn && TryTake(names.Of(http), events) is { } refusal)
        {
            instruments.OnAppendRefused(ServerInstruments.TransportOf(http.Request));
            throw refusal;
        }
    }

    /// <summary>Counts a message of a call that appends many, as soon as the client has some of its rate left.</summary>
    public async ValueTask PaceAsync(HttpContext http, IReadOnlyList<NewEvent> events, CancellationToken cancellationToken)
    {
        if (!IsOn)
        {
            return;
        }

        var clients = names.Of(http);
        while (TryTake(clients, events) is { } refusal)
        {
            await Task.Delay(refusal.Wait, options.Value.TimeProvider, cancellationToken);
        }
    }

    private RateExceededException? TryTake(string[] names, IReadOnlyList<NewEvent> events)
    {
        long bytes = 0;
        foreach (var e in events)
        {
            bytes += e.Measure();
        }

        lock (_lock)
        {
            var clients = Array.ConvertAll(names, Find);
            foreach (var client in clients)
            {
                if (client.Refusal is { } refusal)
                {
                    return refusal;
                }
            }

            foreach (var client in clients)
            {
                client.Appends?.Take(1);
                client.Bytes?.Take(bytes);
            }

            return null;
        }
    }

    private Client Find(string name)
    {
        if (!_clients.TryGetValue(name, out var client))
        {
            Sweep();
            client = new Client(options.Value);
            _clients.Add(name, client);
        }

        return client;
    }

    private void Sweep()
    {
        if (_clients.Count >= _sweepAt)
        {
            foreach (var (name, _) in _clients.Where(client => client.Value.IsIdle).ToList())
            {
                _clients.Remove(name);
            }

            _sweepAt = _clients.Count + MostIdle;
        }
    }

    private sealed class Client(ReflexServerOptions options)
    {
        public RateBucket? Appends { get; } =
            options.MaxAppendsPerSecond is { } appends ? new RateBucket(appends, options.TimeProvider) : null;

        public RateBucket? Bytes { get; } =
            options.MaxAppendedBytesPerSecond is { } bytes ? new RateBucket(bytes, options.TimeProvider) : null;

        public bool IsIdle => Appends?.IsFull != false && Bytes?.IsFull != false;

        public RateExceededException? Refusal => Of(Appends, options.MaxAppendsPerSecond, "appends")
            ?? Of(Bytes, options.MaxAppendedBytesPerSecond, "bytes");

        private static RateExceededException? Of(RateBucket? bucket, long? limit, string unit) =>
            bucket?.Wait is { Ticks: > 0 } wait ? new RateExceededException(limit!.Value, unit, wait) : null;
    }
}
