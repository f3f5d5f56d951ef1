using Google.Protobuf;
using Grpc.Core;
using Reflex.AspNetCore.Grpc.Receiving;

namespace Reflex.AspNetCore.Grpc;

/// <summary>The messages of a call, as they come.</summary>
internal sealed class ReceivedMessages<T>(IAsyncStreamReader<ReceivedMessage<T>> received, ServerCallContext call) : IAsyncStreamReader<T>
    where T : class, IMessage<T>
{
    /// <inheritdoc/>
    /// <exception cref="FormatException">The bytes are no message.</exception>
    public T Current => received.Current.Message;

    /// <inheritdoc/>
    /// <exception cref="RefusedCallException">The next message is refused, or the client has gone.</exception>
    /// <exception cref="ServerBusyException">There is no room for the next message now.</exception>
    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        if (await received.MoveNext(cancellationToken))
        {
            return true;
        }

        return call.GetHttpContext().Features.Get<MessageReader>() is { Failure: { } failure } ? throw failure : false;
    }
}
