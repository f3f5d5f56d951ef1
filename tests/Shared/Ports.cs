using System.Net;
using System.Net.Sockets;

namespace Reflex.Tests.Shared;

/// <summary>Ports of the loopback that nobody listens on, none given out twice.</summary>
internal static class Ports
{
    // Below those that systems give to outgoing connections and to listeners on port 0, from 32768 on Linux and 49152 elsewhere: such a
    // one can be taken again before it is listened on by what it was found for. Orleans' own defaults, 11111 and 30000, are no part.
    private const int First = 12_000;
    private const int Count = 17_000;

    private static int _last = Random.Shared.Next(Count);

    public static int Free()
    {
        while (true)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref _last) % Count);
            if (IsFree(port))
            {
                return port;
            }
        }
    }

    public static int[] Free(int count) => [.. Enumerable.Range(0, count).Select(_ => Free())];

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
