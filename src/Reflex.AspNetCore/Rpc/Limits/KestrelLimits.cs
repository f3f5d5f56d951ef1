using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace Reflex.AspNetCore.Rpc.Limits;

/// <summary>Fits the server's own limits of a connection to streams that are many, long and sometimes slow.</summary>
internal sealed class KestrelLimits(IOptions<ReflexGrpcOptions> options) : IPostConfigureOptions<KestrelServerOptions>
{
    // So that a client over the limit hears of it, and one at the limit can still make other calls.
    private const int OtherCalls = 100;

    // A client that vanished without a word is noticed within the two together.
    private static readonly TimeSpan PingDelay = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(20);

    public void PostConfigure(string? name, KestrelServerOptions kestrel)
    {
        var http2 = kestrel.Limits.Http2;
        http2.MaxStreamsPerConnection = Math.Max(http2.MaxStreamsPerConnection, options.Value.MaxStreamsPerClient + OtherCalls);
        if (http2.KeepAlivePingDelay == TimeSpan.MaxValue)
        {
            http2.KeepAlivePingDelay = PingDelay;
            http2.KeepAlivePingTimeout = PingTimeout;
        }

        // A consumer may take its time over an event: a full stream isn't a broken one, and HTTP/2 knows no other switch.
        kestrel.Limits.MinResponseDataRate = null;
    }
}
