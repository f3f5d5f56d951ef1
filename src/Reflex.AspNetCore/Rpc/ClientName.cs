using Grpc.Core;

namespace Reflex.AspNetCore.Rpc;

/// <summary>What the logs call a client: the consumer that it says it is, as clients of luno/reflex do, or its address.</summary>
internal static class ClientName
{
    private const string ConsumerHeader = "__jettison__consumer";
    private const int MaxLength = 100;

    public static string Of(ServerCallContext call)
    {
        var name = call.RequestHeaders.GetValue(ConsumerHeader);
        return name is null ? call.Peer : $"{name[..Math.Min(name.Length, MaxLength)]} ({call.Peer})";
    }
}
