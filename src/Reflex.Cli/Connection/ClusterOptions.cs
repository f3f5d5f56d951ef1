using System.CommandLine;

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
        DefaultValueFactory = _ => new Uri(Environment.GetEnvironmentVariable(ServerVariable) ?? DefaultServer),
        CustomParser = result => Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? uri
            : Refuse(result),
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
    public Cluster Connect(ParseResult parsed) => Cluster.Connect(
        parsed.GetRequiredValue(_server), parsed.GetValue(_key) ?? Environment.GetEnvironmentVariable(KeyVariable));

    private static Uri? Refuse(System.CommandLine.Parsing.ArgumentResult result)
    {
        result.AddError($"The server '{result.Tokens[0].Value}' is no address: expected such as {DefaultServer}.");
        return null;
    }
}
