using System.Net.Sockets;

namespace Reflex.AspNetCore.Connections;

/// <summary>What the kernel knows of the other side of a TCP connection.</summary>
/// <param name="IsAwaited">Whether it owes an answer: to data that was sent, or to the question whether it has room again.</param>
/// <param name="SinceAnswer">How long ago its last answer came.</param>
internal readonly record struct PeerState(bool IsAwaited, TimeSpan SinceAnswer)
{
    // From linux/tcp.h: the option's level and number, and the places in struct tcp_info, which only ever grows at its end.
    private const int TcpLevel = 6;
    private const int TcpInfoOption = 11;
    private const int ProbesOffset = 3;
    private const int UnackedOffset = 24;
    private const int LastAckReceivedOffset = 56;
    private const int InfoSize = 60;

    /// <summary>Asks the kernel.</summary>
    /// <returns>Null where it can't tell: not on Linux, or when the socket is closed.</returns>
    public static PeerState? Of(Socket socket)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        Span<byte> info = stackalloc byte[InfoSize];
        try
        {
            return socket.GetRawSocketOption(TcpLevel, TcpInfoOption, info) < InfoSize ? null : Read(info);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            return null;
        }
    }

    private static PeerState Read(ReadOnlySpan<byte> info) => new(
        info[ProbesOffset] > 0 || ReadUInt32(info, UnackedOffset) > 0,
        TimeSpan.FromMilliseconds(ReadUInt32(info, LastAckReceivedOffset)));

    // The kernel's own order of bytes.
    private static uint ReadUInt32(ReadOnlySpan<byte> info, int offset) => BitConverter.ToUInt32(info[offset..]);
}
