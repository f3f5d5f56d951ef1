using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Reflex.Orleans.Hosting;

/// <summary>Accepts connections while there may be more, and closes the others at once.</summary>
internal sealed class LimitedClusterListener(IConnectionListener inner, ClusterConnectionLimit limit) : IConnectionListener
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

            // Not awaited: this closes the socket at once, and what is left then holds up no other connection.
            _ = CloseAsync(connection);
        }

        return null;
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken) => inner.UnbindAsync(cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private static async Task CloseAsync(ConnectionContext connection)
    {
        try
        {
            connection.Abort();
            await connection.DisposeAsync();
        }
        catch (Exception)
        {
            // The other side has gone already.
        }
    }
}
