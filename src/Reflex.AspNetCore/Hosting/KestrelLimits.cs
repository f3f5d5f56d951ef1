using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using Reflex.AspNetCore.Grpc;
using Reflex.AspNetCore.Limits;

namespace Reflex.AspNetCore.Hosting;

/// <summary>Fits the server's own limits of a connection to streams that are many, long and sometimes slow.</summary>
internal sealed class KestrelLimits(IOptions<ReflexGrpcOptions> options, IOptions<ReflexServerOptions> server)
    : IPostConfigureOptions<KestrelServerOptions>
{
    // So that a client over the limit hears of it, and one at the limit can still make other calls.
    private const int OtherCalls = 100;

    // Kestrel takes none that is shorter.
    private static readonly TimeSpan ShortestPing = TimeSpan.FromSeconds(1);

    public void PostConfigure(string? name, KestrelServerOptions kestrel)
    {
        var http2 = kestrel.Limits.Http2;
        http2.MaxStreamsPerConnection = Math.Max(http2.MaxStreamsPerConnection, options.Value.MaxStreamsPerClient + OtherCalls);
        if (http2.KeepAlivePingDelay == TimeSpan.MaxValue)
        {
            // A client that vanished without a word is noticed within the two together.
            http2.KeepAlivePingDelay = AtLeast(ShortestPing, server.Value.PeerTimeout / 2);
            http2.KeepAlivePingTimeout = AtLeast(ShortestPing, server.Value.PeerTimeout / 3);
        }

        // A consumer may take its time over an event: a full stream isn't a broken one, and HTTP/2 knows no other switch.
        kestrel.Limits.MinResponseDataRate = null;
    }

    private static TimeSpan AtLeast(TimeSpan shortest, TimeSpan time) => time < shortest ? shortest : time;
}
