using System.Globalization;
using System.Net;

namespace Reflex.Cluster.Tests.Cluster;

/// <summary>Finds the process at the other end of a connection of this machine, by what Linux says of its sockets.</summary>
internal static class Peers
{
    // Of a line of /proc/net/tcp.
    private const int LocalAddress = 1;
    private const int Inode = 9;

    /// <summary>Which of the processes has the socket at an address; null when none has.</summary>
    public static int? FindOwner(IPEndPoint address, IEnumerable<int> processes) =>
        FindInode(address) is { } inode ? processes.Cast<int?>().FirstOrDefault(process => Has(process!.Value, $"socket:[{inode}]")) : null;

    private static string? FindInode(IPEndPoint address)
    {
        // The bytes of an IPv4 address as one number of this machine; a socket of both families ends with the same.
        var wanted = string.Create(
            CultureInfo.InvariantCulture, $"{BitConverter.ToUInt32(address.Address.MapToIPv4().GetAddressBytes()):X8}:{address.Port:X4}");
        foreach (var file in new[] { "/proc/net/tcp", "/proc/net/tcp6" }.Where(File.Exists))
        {
            foreach (var line in File.ReadLines(file).Skip(1))
            {
                var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (fields[LocalAddress].EndsWith(wanted, StringComparison.Ordinal) && fields[Inode] != "0")
                {
                    return fields[Inode];
                }
            }
        }

        return null;
    }

    private static bool Has(int process, string socket)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries($"/proc/{process}/fd")
                .Any(file => new FileInfo(file).LinkTarget == socket);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The process has ended meanwhile.
            return false;
        }
    }
}
