using System.Diagnostics;

namespace Reflex.AspNetCore.Tests.Support;

/// <summary>The client in <c>tests/node-client</c>, which runs on Node.js with its packages.</summary>
internal static class NodeClient
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string Folder => Path.Combine(Root, "tests", "node-client");

    // .../tests/Reflex.AspNetCore.Tests/bin/Release/net10.0/ says where it is.
    private static string Root => new DirectoryInfo(AppContext.BaseDirectory).Parent!.Parent!.Parent!.Parent!.Parent!.FullName;

    /// <summary>Why the client can't run here; null when it can. Fetches its packages when they are missing.</summary>
    public static async Task<string?> PrepareAsync()
    {
        if (!await WorksAsync("node", "--version") || !await WorksAsync("npm", "--version"))
        {
            return "Node.js and npm are missing.";
        }

        return Directory.Exists(Path.Combine(Folder, "node_modules")) || await WorksAsync("npm", "ci", "--no-audit", "--no-fund")
            ? null
            : "The packages of tests/node-client can't be fetched.";
    }

    public static Process Start(Uri server, string stream) => Start(
        "node", "client.mjs", server.Authority, stream, Path.Combine(Root, "src", "Reflex.Grpc", "Protos"));

    private static async Task<bool> WorksAsync(string program, params string[] arguments)
    {
        try
        {
            using var process = Start(program, arguments);
            var reading = Task.WhenAll(process.StandardOutput.ReadToEndAsync(Token), process.StandardError.ReadToEndAsync(Token));
            await process.WaitForExitAsync(Token);
            await reading;
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static Process Start(string program, params string[] arguments) => Process.Start(
        new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
}
