using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Orleans.Configuration;
using Reflex.Cluster.Silo;

// A silo of a cluster that is made to be killed, frozen and cut off. Its consumers note what they handle in a file, which outlives it.
var builder = WebApplication.CreateSlimBuilder(args);
var settings = builder.Configuration.Get<SiloSettings>()!;
builder.Logging.ClearProviders().AddSimpleConsole(console =>
{
    console.SingleLine = true;
    console.TimestampFormat = "HH:mm:ss.fff ";
}).SetMinimumLevel(LogLevel.Warning)
    .AddFilter("Orleans.Runtime.MembershipService", LogLevel.Information)
    .AddFilter("Orleans.Runtime.Messaging.ConnectionManager", LogLevel.Information)
    .AddFilter("Polly", LogLevel.None);
builder.WebHost.ConfigureKestrel(kestrel =>
{
    kestrel.Listen(settings.IPAddress, settings.HttpPort, endpoint => endpoint.Protocols = HttpProtocols.Http1);
    kestrel.Listen(settings.IPAddress, settings.GrpcPort, endpoint => endpoint.Protocols = HttpProtocols.Http2);
});

// So often that a reader soon knows a silence from a silo that is frozen.
builder.Services.AddReflexEndpoints(http => http.KeepAliveInterval = TimeSpan.FromSeconds(1));
builder.Services.AddSingleton(_ => new Ledger(settings.Ledger));
builder.Host.UseOrleans(silo => silo
    .Configure<EndpointOptions>(endpoints =>
    {
        endpoints.AdvertisedIPAddress = settings.IPAddress;
        endpoints.SiloPort = settings.SiloPort;
        endpoints.SiloListeningEndpoint = IPEndPoint.Parse(settings.SiloListening);
        endpoints.GatewayPort = settings.GatewayPort;
    })
    .AddReflex(reflex => reflex
        .UsePostgres(settings.Postgres)
        .AddStream("orders", settings.Partitions)
        .AddConsumer<NotingConsumer>(NotingConsumer.Name, stream: "orders")
        .AddConsumerGrain<NotingGrain>(NotingGrain.Name, stream: "orders")));
var app = builder.Build();
app.UseReflexHttpProblems();
app.MapReflex();
await app.StartAsync();

// The test knows it by this address in the membership.
Console.WriteLine($"ready {app.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress.ToParsableString()}");
await app.WaitForShutdownAsync();
