using System.Net;
using Reflex.Silo.Configuration;
using Reflex.Silo.Running;

namespace Reflex.Silo.Commands;

/// <summary>
/// The command <c>health</c>: asks the silo of this machine whether it is ready, for containers that have nothing else to ask with.
/// </summary>
internal static class HealthCommand
{
    private const string Usage =
        """
        health
          asks the silo of this machine, by the settings that it has from its files and the environment (or that follow here, such as
          --Kestrel:Endpoints:Http:Url=http://127.0.0.1:8080), whether it is ready, and prints what it says
          ends with 0 when it is ready, with 1 when it isn't or doesn't answer
        """;

    private const string Setting = "Kestrel:Endpoints:Http:Url";

    // Shorter than what supervisors wait for by themselves.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    /// <summary>Runs the command.</summary>
    /// <param name="arguments">What follows the command's name.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        if (arguments is ["--help" or "-h"])
        {
            Console.WriteLine(Usage);
            return ExitCodes.Done;
        }

        try
        {
            var address = AddressOf(CheckedBuilder.Create(arguments).Configuration[Setting]);
            using var client = new HttpClient(Handler()) { Timeout = Patience };
            using var answer = await client.GetAsync(new Uri(address, "/health/ready"));
            Console.WriteLine(await answer.Content.ReadAsStringAsync());
            return answer.IsSuccessStatusCode ? ExitCodes.Done : ExitCodes.Unhealthy;
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException or FormatException or InvalidDataException)
        {
            Terminal.WriteErrorLine($"Reflex can't be asked: {error.Message.ReplaceLineEndings(" ")}");
            return ExitCodes.Unhealthy;
        }
    }

    /// <summary>Where a silo that listens on an address is reached from its own machine.</summary>
    /// <exception cref="FormatException">That isn't an address of HTTP.</exception>
    private static Uri AddressOf(string? url)
    {
        // Kestrel takes hosts for all addresses that no address has: http://*:8080.
        var plain = url?.Replace("://*", "://0.0.0.0", StringComparison.Ordinal).Replace("://+", "://0.0.0.0", StringComparison.Ordinal);
        if (!Uri.TryCreate(plain, UriKind.Absolute, out var address) || !address.Scheme.StartsWith("http", StringComparison.Ordinal))
        {
            throw new FormatException($"The setting {Setting} is '{url}': expected an address such as http://127.0.0.1:8080.");
        }

        return IPAddress.TryParse(address.Host.Trim('[', ']'), out var host)
            && !host.Equals(IPAddress.Any)
            && !host.Equals(IPAddress.IPv6Any)
            ? address
            : new UriBuilder(address) { Host = "127.0.0.1" }.Uri;
    }

    // The certificate has the name by which others call, and this is the same machine.
    private static HttpClientHandler Handler() =>
        new() { ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator };
}
