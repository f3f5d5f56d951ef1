namespace Reflex.AspNetCore.Grpc;

/// <summary>What the logs call a client: the consumer that it says it is, as clients of luno/reflex do, or its address.</summary>
internal static class ClientName
{
    private const string ConsumerHeader = "__jettison__consumer";
    private const int MaxLength = 100;

    public static string Of(HttpContext http)
    {
        var address = $"{http.Connection.RemoteIpAddress}:{http.Connection.RemotePort}";
        var name = http.Request.Headers[ConsumerHeader].ToString();
        return name.Length == 0 ? address : $"{name[..Math.Min(name.Length, MaxLength)]} ({address})";
    }
}
