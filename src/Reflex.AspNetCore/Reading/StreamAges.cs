using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using Reflex.AspNetCore.Limits;
using Reflex.Events;
using Reflex.Streams;

namespace Reflex.AspNetCore.Reading;

/// <summary>Stops streams that have lasted for as long as one may, if there is such a limit, as a server that stops does.</summary>
internal sealed class StreamAges(IOptions<ReflexServerOptions> options)
{
    // Streams that began together, as after a restart, don't end together.
    private const double Jitter = 0.2;

    public StreamReading Limit(StreamReading reading) => options.Value.MaxStreamAge is { } most
        ? reading with { Read = token => ReadAsync(reading, most * (1 - (Jitter * Random.Shared.NextDouble())), token) }
        : reading;

    private async IAsyncEnumerable<Event> ReadAsync(
        StreamReading reading, TimeSpan age, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var old = new CancellationTokenSource(age, options.Value.TimeProvider);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, old.Token);
        await using var events = reading.Read(ending.Token).GetAsyncEnumerator(ending.Token);
        while (await MoveNextAsync())
        {
            yield return events.Current;
        }

        async ValueTask<bool> MoveNextAsync()
        {
            try
            {
                return await events.MoveNextAsync();
            }
            catch (OperationCanceledException) when (old.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                throw new StreamStoppedException(reading.Stream);
            }
        }
    }
}
