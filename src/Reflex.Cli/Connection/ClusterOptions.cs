using System.CommandLine;
using System.CommandLine.Parsing;

namespace Reflex.Cli.Connection;

/// <summary>Which cluster is meant, and as whom it is asked.</summary>
internal sealed class ClusterOptions
{
    private const string ServerVariable = "REFLEX_SERVER";
    private const string KeyVariable = "REFLEX_API_KEY";
    private const string DefaultServer = "http://127.0.0.1:5001";

    private readonly Option<Uri> _server = new("--server")
    {
        Description = $"Where the cluster serves gRPC; else {ServerVariable}.",
        DefaultValueFactory = result => Environment.GetEnvironmentVariable(ServerVariable) is { Length: > 0 } server
            && Parse(result, server) is { } address
                ? address
                : new Uri(DefaultServer),
        CustomParser = result => Parse(result, result.Tokens[0].Value),
        Recursive = true,
    };

    private readonly Option<string?> _key = new("--api-key")
    {
        Description = $"The API key, or a bearer token; better in {KeyVariable}, which other users of the machine can't see.",
        Recursive = true,
    };

    public void AddTo(RootCommand root)
    {
        root.Add(_server);
        root.Add(_key);
    }

    /// <summary>Connects to the cluster, which costs nothing before the first call; for the caller to dispose.</summary>
    /// <exception cref="FormatException">The key is none.</exception>
    public Cluster Connect(ParseResult parsed)
    {
        var key = parsed.GetValue(_key) ?? Environment.GetEnvironmentVariable(KeyVariable);

        // It goes into a header. An end of a line in it, as files have, would begin another.
        return key is null || !key.AsSpan().ContainsAnyExceptInRange(' ', '~')
            ? Cluster.Connect(parsed.GetRequiredValue(_server), key)
            : throw new FormatException(
                $"The API key has a character that isn't printable ASCII, which no key has: look at --api-key and {KeyVariable}.");
    }

    private static Uri? Parse(ArgumentResult result, string server)
    {
        if (Uri.TryCreate(server, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
        {
            return address;
        }

        result.AddError($"The server '{server}' is no address: expected such as {DefaultServer}.");
        return null;
    }
}
