using System.Net;
using System.Net.Sockets;

namespace Reflex.Cluster.Tests.Cluster;

/// <summary>Passes connections to one address on to another, as long as the gates of both sides are open.</summary>
internal sealed class Proxy : IAsyncDisposable
{
    private readonly Socket _listener;
    private readonly IPEndPoint _target;
    private readonly Func<Socket, Gate[]> _gates;
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _accepting;

    /// <param name="listening">Where connections come.</param>
    /// <param name="target">Where they go.</param>
    /// <param name="gates">The gates that a connection's bytes pass through, both ways.</param>
    public Proxy(IPEndPoint listening, IPEndPoint target, Func<Socket, Gate[]> gates)
    {
        _target = target;
        _gates = gates;
        _listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(listening);
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _ending.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_ending.IsCancellationRequested)
        {
            try
            {
                _ = ServeAsync(await _listener.AcceptAsync(_ending.Token), _ending.Token);
            }
            catch (Exception error) when (error is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // The client has gone already, or the proxy ends.
            }
        }
    }

    private async Task ServeAsync(Socket client, CancellationToken ending)
    {
        using var accepted = client;
        using var target = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            var gates = _gates(client);
            await PassAsync(gates, ending);
            client.NoDelay = target.NoDelay = true;
            await target.ConnectAsync(_target, ending);
            await Task.WhenAny(CopyAsync(client, target, gates, ending), CopyAsync(target, client, gates, ending));
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Nobody listens there, or the proxy ends; the client sees its connection end.
        }
    }

    private static async Task CopyAsync(Socket from, Socket to, Gate[] gates, CancellationToken ending)
    {
        var buffer = new byte[32 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, ending) is var received and > 0)
            {
                await PassAsync(gates, ending);
                for (var sent = 0; sent < received;)
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, received - sent), ending);
                }
            }

            // An end is news as well.
            await PassAsync(gates, ending);
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // One side has broken off, so that both end.
        }
    }

    private static async Task PassAsync(Gate[] gates, CancellationToken ending)
    {
        foreach (var gate in gates)
        {
            await gate.PassAsync().WaitAsync(ending);
        }
    }
}
