using Reflex.AspNetCore.Tests.Support;


namespace Reflex.AspNetCore.Tests.Grpc;

/// <summary>A client of another implementation, which knows nothing but the contracts' files.</summary>
public sealed class NodeClientTests(Cluster cluster) : GrpcTest(cluster)
{
    [Fact]
    public async Task NodeClient_AppendingStreamingResumingConsumingAndStopped_SeesWhatItShould()
    {
        var obstacle = await NodeClient.PrepareAsync();
        Assert.SkipWhen(obstacle is not null, obstacle ?? "");
        var stream = await Cluster.NewStreamAsync();
        using var node = NodeClient.Start(Server.Address, stream);
        var errors = node.StandardError.ReadToEndAsync(Token);
        var steps = new List<string>();
        while (await node.StandardOutput.ReadLineAsync(Token) is { } line)
        {
            steps.Add(line);
            if (line.Contains("waiting", StringComparison.Ordinal))
            {
                await Server.StopAsync();
            }
        }

        await node.WaitForExitAsync(Token);

        Assert.True(node.ExitCode == 0, string.Join('\n', [.. steps, await errors]));
        Assert.Equal(
            """
            {"step":"append","ids":["1","2","3"]}
            {"step":"stream","ids":["1","2","3"],"code":"ERR_b4b155d2a91cfcd0"}
            {"step":"resume","ids":["2","3"]}
            {"step":"stream v1","messages":1}
            {"step":"consume","first":"1","acknowledged":"2"}
            {"step":"consume","first":"3","acknowledged":"3"}
            {"step":"waiting"}
            {"step":"stopped","code":"ERR_09290f5944cb8671"}
            """,
            string.Join('\n', steps));
    }
}
