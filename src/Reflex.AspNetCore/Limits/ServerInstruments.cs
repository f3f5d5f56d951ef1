using System.Diagnostics.Metrics;
using Reflex.Diagnostics;

namespace Reflex.AspNetCore.Limits;

/// <summary>The metrics of what clients do. One for each meter factory, whose meter they share with the others.</summary>
internal sealed class ServerInstruments : IDisposable
{
    private readonly Meter _meter;
    private readonly UpDownCounter<long> _open;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _appendsRefused;

    /// <summary>Makes the meter <see cref="ReflexDiagnostics.MeterName"/> and what streams are measured with.</summary>
    /// <param name="meterFactory">Makes the meter, which it owns.</param>
    public ServerInstruments(IMeterFactory meterFactory)
    {
        ArgumentNullException.ThrowIfNull(meterFactory);
        _meter = meterFactory.Create(ReflexDiagnostics.MeterName);
        _open = _meter.CreateUpDownCounter<long>(
            "reflex.server.streams", "{stream}", "Streams and sessions of clients that are open, by the transport.");
        _refused = _meter.CreateCounter<long>(
            "reflex.server.streams.refused", "{stream}", "Streams and sessions refused, since their client had as many as it may.");
        _appendsRefused = _meter.CreateCounter<long>(
            "reflex.server.appends.refused", "{append}", "Appends refused, since their client appends faster than it may.");
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    /// <summary>What a request came by.</summary>
    public static string TransportOf(HttpRequest request) =>
        request.ContentType?.StartsWith("application/grpc", StringComparison.Ordinal) == true ? "grpc" : "http";

    /// <summary>One was opened.</summary>
    public void OnOpened(string transport) => _open.Add(1, Tag(transport));

    /// <summary>One has ended.</summary>
    public void OnEnded(string transport) => _open.Add(-1, Tag(transport));

    /// <summary>One was refused.</summary>
    public void OnRefused(string transport) => _refused.Add(1, Tag(transport));

    /// <summary>An append was refused.</summary>
    public void OnAppendRefused(string transport) => _appendsRefused.Add(1, Tag(transport));

    private static KeyValuePair<string, object?> Tag(string transport) => new("transport", transport);
}
