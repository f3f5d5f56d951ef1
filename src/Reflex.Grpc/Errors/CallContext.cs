using Reflex.Consumers;
using Reflex.Streams;

namespace Reflex.Grpc.Errors;

/// <summary>What a call was for: what an error's details don't tell.</summary>
/// <param name="What">What it does, for the error: "append to orders".</param>
/// <param name="Stream">Its stream; the default when it has none.</param>
/// <param name="Consumer">Its consumer; the default when it has none.</param>
internal readonly record struct CallContext(string What, StreamName Stream = default, ConsumerName Consumer = default)
{
    /// <summary>Where the call goes, for the error: "http://localhost:5001"; empty when that isn't known.</summary>
    public string Server { get; init; } = "";

    /// <summary>The server in a sentence.</summary>
    public string ServerName => string.IsNullOrEmpty(Server) ? "the server" : $"the server {Server}";

    /// <summary>Whether the call is to end at the head, so that a bare OUT_OF_RANGE says so.</summary>
    public bool IsToHead { get; init; }

    /// <summary>Whether the call holds a consumer, so that a bare ABORTED says that it was taken over.</summary>
    public bool IsSession { get; init; }
}
