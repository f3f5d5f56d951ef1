using System.Reflection;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;
using Reflex.AspNetCore.Access;
using Reflex.Silo.Configuration;
using Reflex.Silo.Logging;
using Reflex.Storage;

namespace Reflex.Silo.Running;

/// <summary>What a silo says of itself when it serves: its version, storage, durability, cluster, and who may come in.</summary>
internal sealed partial class Greeting
{
    private const string Example = """{"type":1,"foreignId":"42","metadata":"hello"}""";

    private readonly IServiceProvider _services;
    private readonly IConfiguration _configuration;
    private readonly ICollection<string> _addresses;

    private Greeting(IServiceProvider services)
    {
        _services = services;
        _configuration = services.GetRequiredService<IConfiguration>();
        _addresses = services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
    }

    private string Addresses => string.Join(" and ", _addresses);

    private string Version => Assembly.GetExecutingAssembly().GetName().Version!.ToString(fieldCount: 3);

    private string Storage => _services.GetRequiredService<StorageConfiguration>().Place;

    private string Durability => _services.GetRequiredService<IEventLogProvider>().Durability == Reflex.Storage.Durability.Buffered
        ? "buffered: an append is answered before it is on the disk, and a power cut may lose it"
        : "flushed: an append is answered when it is on the disk";

    private string Cluster => ClusteringConfiguration.Describe(_services);

    private string Access => AccessConfiguration.Describe(_services.GetRequiredService<IOptions<ReflexAccessOptions>>().Value);

    /// <summary>Says it: to people on the terminal, to programs that read the log as lines of that.</summary>
    /// <param name="services">Those of the silo, which serves.</param>
    public static void Say(IServiceProvider services)
    {
        var greeting = new Greeting(services);
        if (LoggingConfiguration.IsForPeople(greeting._configuration))
        {
            Terminal.WriteLine(greeting.ForPeople());
        }
        else
        {
            greeting.Log(services.GetRequiredService<ILogger<Greeting>>());
        }
    }

    private string ForPeople() =>
        $$"""
        Reflex listens on {{VisibleText.Of(Addresses)}}, version {{Version}}.
          storage     {{VisibleText.Of(Storage)}}
          durability  {{Durability}}
          cluster     {{VisibleText.Of(Cluster)}}
          access      {{VisibleText.Of(Access)}}
        Try: curl -H 'Content-Type: application/json' -d '{{Example}}' {{HttpAddress}}/streams/demo/events
        """;

    private void Log(ILogger logger)
    {
        LogServes(logger, Addresses, Version);
        LogStorage(logger, Storage);
        LogDurability(logger, Durability);
        LogCluster(logger, Cluster);
        LogAccess(logger, Access);
    }

    /// <summary>The address for people. The server knows its addresses only, and not which endpoint of the settings has which.</summary>
    private string? HttpAddress
    {
        get
        {
            var http = _configuration["Kestrel:Endpoints:Http:Url"];
            return _addresses.FirstOrDefault(address => address == http?.TrimEnd('/')) ?? _addresses.LastOrDefault();
        }
    }

    [LoggerMessage(LogLevel.Information, "Reflex listens on {Addresses}, version {Version}.")]
    private static partial void LogServes(ILogger logger, string addresses, string version);

    [LoggerMessage(LogLevel.Information, "Storage: {Storage}.")]
    private static partial void LogStorage(ILogger logger, string storage);

    [LoggerMessage(LogLevel.Information, "Durability: {Durability}.")]
    private static partial void LogDurability(ILogger logger, string durability);

    [LoggerMessage(LogLevel.Information, "Cluster: {Cluster}.")]
    private static partial void LogCluster(ILogger logger, string cluster);

    [LoggerMessage(LogLevel.Information, "Access: {Access}.")]
    private static partial void LogAccess(ILogger logger, string access);
}
