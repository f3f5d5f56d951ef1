using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Reflex.AspNetCore.Connections;

/// <summary>Accepts connections while there may be more, and refuses the others.</summary>
internal sealed class LimitedListener(IConnectionListener inner, ConnectionLimit limit, ConnectionRefusal refusal) : IConnectionListener
{
    public EndPoint EndPoint => inner.EndPoint;

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken)
    {
        while (await inner.AcceptAsync(cancellationToken) is { } connection)
        {
            if (limit.TryEnter(connection))
            {
                return connection;
            }

            // Not awaited: a client that says nothing holds up no other.
            _ = refusal.RefuseAsync(connection);
        }

        return null;
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken) => inner.UnbindAsync(cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
