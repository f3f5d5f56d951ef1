using Grpc.Core;
using Microsoft.Extensions.Hosting;
using Reflex.AspNetCore.Limits;
using Reflex.AspNetCore.Reading;
using Reflex.Streams;

namespace Reflex.AspNetCore.Grpc.Sending;

/// <summary>Sends the events of a stream as the responses of one call, for as long as the client and the server want.</summary>
/// <remarks>
/// <para>The messages are written by hand into the response's own writer, since gRPC's takes a message object for every event; how they
/// gather and leave, <see cref="EventPump"/> says.</para>
/// <para>Sending never ends without an exception, which tells the status. Whole events that were gathered before it are sent.</para>
/// </remarks>
internal sealed class EventSender : IAsyncDisposable
{
    /// <summary>A write this large is good value for the connection, and a few milliseconds of events at most.</summary>
    private const int WriteSize = 64 * 1024;

    // A client that begins again reads so much once more, of events that it doesn't want.
    private static readonly TimeSpan PlaceInterval = TimeSpan.FromSeconds(5);

    private readonly HttpResponse _response;
    private readonly TimeProvider _timeProvider;
    private readonly MessageEventWriter _writer;
    private readonly EventPump _pump;
    private readonly StreamAges _ages;

    public EventSender(ServerCallContext call, MessageEventWriter writer, TimeProvider timeProvider)
    {
        var http = call.GetHttpContext();
        _response = http.Response;
        _writer = writer;
        _timeProvider = timeProvider;
        _ages = http.RequestServices.GetRequiredService<StreamAges>();
        _pump = new EventPump(
            _response,
            http.RequestServices.GetRequiredService<ReadingBudget>(),
            writer,
            WriteSize,
            call.CancellationToken,
            http.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping,
            timeProvider);
    }

    /// <summary>Cancelled when the client or the server wants no more.</summary>
    public CancellationToken Ending => _pump.Ending;

    /// <summary>Ends the reading, for a reason that the caller knows.</summary>
    public Task EndAsync() => _pump.EndAsync();

    /// <summary>Sends the headers, so that the client knows that its call is accepted, and then the events.</summary>
    public async Task SendAsync(StreamReading reading)
    {
        await _pump.OpenAsync(reading.Start.Partitions, reading.Start.HasEvents);

        // A write that is cancelled cuts the call, which would lose the status of a server that stops just now.
        await _response.StartAsync(_pump.Cutting);
        await _response.BodyWriter.FlushAsync(_pump.Cutting);
        _pump.Mark = _writer.HasPlaces ? reading.Mark : null;
        var first = _pump.Begin(_ages.Limit(reading).Read);
        try
        {
            await _pump.RunAsync(first, _pump.Mark is null ? null : TellAsync);
        }
        catch (HeadReachedException)
        {
            WritePlace();
            throw;
        }
        finally
        {
            await _pump.FlushAsync();
        }
    }

    /// <summary>Tells the client now and then how far the stream was read, until the next event is there.</summary>
    private async Task TellAsync(Task next)
    {
        using var ending = new CancellationTokenSource();
        while (!next.IsCompleted)
        {
            await Task.WhenAny(next, Task.Delay(PlaceInterval, _timeProvider, ending.Token));
            if (!next.IsCompleted && WritePlace())
            {
                await _pump.FlushAsync();
            }
        }

        await ending.CancelAsync();
    }

    private bool WritePlace()
    {
        if (_pump.Mark?.TryTake(out var readTo) != true)
        {
            return false;
        }

        _writer.WritePlace(readTo);
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        await _pump.DisposeAsync();
        _writer.Dispose();
    }
}
