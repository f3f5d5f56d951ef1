using System.Net.Sockets;

namespace Reflex.Storage.FileLog.Tests.Support;

/// <summary>What may be in a file's place and is none.</summary>
internal static class SpecialFile
{
    public static readonly string[] Kinds = ["link", "dangling link", "pipe", "socket", "device"];

    /// <summary>Puts one in a file's place, or skips the test.</summary>
    /// <param name="kind">One of <see cref="Kinds"/>.</param>
    /// <param name="path">The place.</param>
    /// <param name="target">What a link links to.</param>
    public static void Put(string kind, string path, string target)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs Unix");
        File.Delete(path);
        switch (kind)
        {
            case "link":
                File.CreateSymbolicLink(path, target);
                break;
            case "dangling link":
                File.CreateSymbolicLink(path, target + "-that-is-missing");
                break;
            case "pipe":
                Assert.True(Tool.Run("mkfifo", path));
                break;
            case "socket":
                Bind(path);
                break;
            default:
                Assert.SkipUnless(Tool.IsRoot && Tool.Run("mknod", path, "c", "1", "3"), "needs root, to make a device");
                break;
        }
    }

    /// <summary>By a short name, since a socket's path may have some hundred bytes only; it is moved afterwards.</summary>
    private static void Bind(string path)
    {
        var name = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            socket.Bind(new UnixDomainSocketEndPoint(name));
            Assert.True(Tool.Run("mv", name, path));
        }
    }
}
