using Google.Protobuf;
using Grpc.Core;
using Reflex.Grpc.Errors;

namespace Reflex.AspNetCore.Rpc;

/// <summary>The messages of a call, as they come.</summary>
internal sealed class ReceivedMessages<T>(IAsyncStreamReader<ReceivedMessage<T>> received) : IAsyncStreamReader<T>
    where T : class, IMessage<T>
{
    /// <inheritdoc/>
    /// <exception cref="FormatException">The bytes are no message.</exception>
    public T Current => received.Current.Message;

    /// <inheritdoc/>
    /// <exception cref="RefusedCallException">The client has gone, of which a read can hear before the call's token does.</exception>
    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        try
        {
            return await received.MoveNext(cancellationToken);
        }
        catch (IOException)
        {
            throw new RefusedCallException(new ErrorStatus(
                StatusCode.Cancelled, "", "The client has gone in the middle of its request."));
        }
    }
}
