using System.Runtime.CompilerServices;
using Grpc.Core;
using Reflex.Cursors;
using Reflex.Events;
using Reflex.Grpc.Errors;
using Reflex.Retries;
using Reflex.Streams;

namespace Reflex.Grpc.Streams;

/// <summary>
/// A server's stream as a <see cref="StreamFunc"/>, which goes on after a broken connection from the last event that it handed out.
/// </summary>
/// <typeparam name="T">The server's messages.</typeparam>
/// <param name="name">The stream; the default when its name isn't known here.</param>
/// <param name="open">Begins a call.</param>
/// <param name="decode">Makes events of a message; <see cref="InvalidDataException"/> when it is malformed.</param>
/// <param name="getHead">Asks for the head; null when the server has no such call.</param>
/// <param name="options">How often to try, and for how long.</param>
/// <param name="getPlace">How far a message without events says that the stream was read; null when the server has none such.</param>
internal sealed class ResumingStream<T>(
    StreamName name,
    Func<Cursor, StreamOptions, CancellationToken, AsyncServerStreamingCall<T>> open,
    Func<T, Event[]> decode,
    Func<CancellationToken, Task<Cursor>>? getHead,
    ReflexGrpcClientOptions options,
    Func<T, Cursor?>? getPlace = null)
{
    private string What { get; } = name.IsDefault ? "read the stream" : $"read the stream '{name}'";

    private StreamName Name => name;

    private ReflexGrpcClientOptions Options => options;

    private Func<CancellationToken, Task<Cursor>>? GetHead => getHead;

    private Func<T, Event[]> Decode => decode;

    private Func<T, Cursor?>? GetPlace => getPlace;

    public IAsyncEnumerable<Event> StreamAsync(Cursor after, StreamOptions streaming, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(streaming);
        return ReadAsync(after, streaming, cancellationToken);
    }

    private async IAsyncEnumerable<Event> ReadAsync(
        Cursor after, StreamOptions streaming, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var reading = new Reading(this, after, streaming, cancellationToken);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var e in await reading.NextAsync().ConfigureAwait(false))
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return e;
            }
        }
    }

    private AsyncServerStreamingCall<T> Open(Cursor after, StreamOptions streaming, CancellationToken cancellationToken) =>
        open(after, streaming, cancellationToken);

    /// <summary>One sequence's place, and the call that is open for it.</summary>
    private sealed class Reading(
        ResumingStream<T> stream, Cursor after, StreamOptions streaming, CancellationToken cancellationToken) : IDisposable
    {
        private readonly CallContext _context = new(stream.What, stream.Name)
        {
            Server = stream.Options.Server, IsToHead = streaming.ToHead,
        };

        private readonly Retry _retry = new(stream.Options.RetryPolicy);

        // A server that doesn't know of filters sends all events.
        private readonly EventFilter? _filter = EventFilter.Of(streaming);
        private Cursor _after = after;
        private StreamOptions _streaming = streaming;
        private AsyncServerStreamingCall<T>? _call;
        private long _opened;

        /// <summary>The next events. All those before have been handed out, since one message is asked for at a time.</summary>
        public async ValueTask<Event[]> NextAsync()
        {
            while (true)
            {
                Exception failure;
                try
                {
                    if (await TryReadAsync().ConfigureAwait(false) is { Length: > 0 } events)
                    {
                        return events;
                    }

                    failure = new ClusterUnavailableException(stream.What, new IOException("the stream ended without a reason"));
                }
                catch (RpcException error)
                {
                    failure = RemoteCall.Typed(error, _context, cancellationToken);
                }
                catch (ReflexException error)
                {
                    failure = error;
                }
                catch (InvalidDataException error)
                {
                    throw new RemoteCallException(
                        $"Could not {stream.What}: the server sent what is no event. {error.Message}",
                        "DataLoss",
                        isTransient: false,
                        error);
                }

                await ResumeAsync(failure).ConfigureAwait(false);
            }
        }

        public void Dispose() => _call?.Dispose();

        /// <summary>The next message's events; none when the stream has ended.</summary>
        private async ValueTask<Event[]> TryReadAsync()
        {
            if (_call is null)
            {
                _opened = stream.Options.TimeProvider.GetTimestamp();
                if (_streaming.FromHead && stream.GetHead is { } getHead)
                {
                    _after = await getHead(cancellationToken).ConfigureAwait(false);
                    _streaming = _streaming with { FromHead = false };
                }

                _call = stream.Open(_after, _streaming, cancellationToken);
            }

            while (await _call.ResponseStream.MoveNext(CancellationToken.None).ConfigureAwait(false))
            {
                var events = stream.Decode(_call.ResponseStream.Current);
                if ((events.Length > 0 ? events[^1].Cursor : stream.GetPlace?.Invoke(_call.ResponseStream.Current)) is not { } place)
                {
                    continue;
                }

                _after = place;
                _streaming = _streaming.FromHead ? _streaming with { FromHead = false } : _streaming;
                _retry.OnProgress();
                var wanted = _filter is null ? events : Array.FindAll(events, _filter.Wants);
                if (wanted.Length > 0)
                {
                    return wanted;
                }

                _streaming.Passed?.Invoke(_after);
            }

            return [];
        }

        /// <summary>Waits until the reading may be resumed; throws the failure when it can't be, or was tried for long enough.</summary>
        private Task ResumeAsync(Exception failure)
        {
            // A server that can't be asked for its head would begin at a later one, and what came in between would be missing.
            if (_streaming.FromHead && stream.GetHead is null)
            {
                throw failure;
            }

            // A stream that stood for a while without an event was no failure, even if it breaks in the end.
            var wasAnswered = _call?.ResponseHeadersAsync is { IsCompletedSuccessfully: true };
            var lasted = stream.Options.TimeProvider.GetElapsedTime(_opened);
            if ((wasAnswered && lasted >= stream.Options.RetryBackoff.Longest) || lasted >= stream.Options.ReadRetryTimeout)
            {
                _retry.OnProgress();
            }

            _call?.Dispose();
            _call = null;
            return _retry.PauseAsync(failure, () => stream.What, cancellationToken);
        }
    }
}
