using System.CommandLine;
using System.Globalization;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Reflex.Storage;

namespace Reflex.Benchmarks.Silo;

/// <summary>The silo that is measured, as its own process runs it.</summary>
internal sealed class SiloCommand
{
    public const string Ready = "ready";

    private readonly Option<string> _data = new("--data") { Required = true };
    private readonly Option<int> _siloPort = new("--silo-port") { Required = true };
    private readonly Option<int> _gatewayPort = new("--gateway-port") { Required = true };
    private readonly Option<Durability> _durability = new("--durability");
    private readonly Option<string[]> _streams = new("--stream") { DefaultValueFactory = _ => [] };
    private readonly Option<string?> _postgres = new("--postgres");
    private readonly Option<int> _moved = new("--moved");
    private readonly Option<bool> _memoryStreams = new("--memory-streams");
    private readonly Option<int?> _grpcPort = new("--grpc-port");
    private readonly Option<int?> _barePort = new("--bare-port");
    private readonly Option<int?> _plainPort = new("--plain-port");

    /// <param name="data">The data folder.</param>
    /// <param name="ports">Those of the silo, its gateway, gRPC, the bare gRPC service, and the plain one.</param>
    /// <param name="plan">What is in it.</param>
    public static IEnumerable<string> Arguments(string data, IReadOnlyList<string> ports, SiloPlan plan) =>
    [
        "silo", "--data", data, "--silo-port", ports[0], "--gateway-port", ports[1], "--durability", plan.Durability.ToString(),
        .. plan.ServesGrpc ? ["--grpc-port", ports[2], "--bare-port", ports[3], "--plain-port", ports[4]] : Array.Empty<string>(),
        .. plan.Streams.SelectMany(stream => new[] { "--stream", stream.ToString() }),
        .. plan.Postgres is { } postgres ? ["--postgres", postgres] : Array.Empty<string>(),
        .. plan.MovedPartitions > 0 ? ["--moved", plan.MovedPartitions.ToString(CultureInfo.InvariantCulture)] : Array.Empty<string>(),
        .. plan.HasMemoryStreams ? ["--memory-streams"] : Array.Empty<string>(),
    ];

    public Command Create()
    {
        var command = new Command("silo", "Runs the silo that is measured; scenarios start it by themselves.")
        {
            _data, _siloPort, _gatewayPort, _durability, _streams, _postgres, _moved, _memoryStreams, _grpcPort, _barePort,
            _plainPort,
        };
        command.Hidden = true;
        command.SetAction(RunAsync);
        return command;
    }

    private static void AddStreams(IReflexBuilder reflex, IEnumerable<StreamPlan> streams)
    {
        reflex
            .AddStream(MeasuredStreams.Consumed)
            .AddConsumerGrain<CountingGrain>(MeasuredStreams.Counter, MeasuredStreams.Consumed)
            .AddStream(MeasuredStreams.Timed)
            .AddConsumerGrain<TimingGrain>(MeasuredStreams.Timer, MeasuredStreams.Timed);
        foreach (var stream in streams)
        {
            reflex.AddStream(stream.Name, stream.Partitions);
            for (var i = 0; i < stream.Consumers; i++)
            {
                reflex.AddConsumerGrain<FollowingGrain>(StreamPlan.ConsumerName(i), stream.Name);
            }
        }
    }

    /// <summary>With PostgreSQL its membership is there too.</summary>
    private ISiloBuilder Join(ISiloBuilder silo, ParseResult parsed) => parsed.GetValue(_postgres) is null
        ? silo.UseLocalhostClustering(parsed.GetValue(_siloPort), parsed.GetValue(_gatewayPort))
        : silo.ConfigureEndpoints(IPAddress.Loopback, parsed.GetValue(_siloPort), parsed.GetValue(_gatewayPort));

    private async Task RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var streams = parsed.GetRequiredValue(_streams).Select(StreamPlan.Parse);
        // The usual builder watches the working folder for changed settings, and so every write of a log that lies in it.
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddConsole().SetMinimumLevel(LogLevel.Error);
        builder.Services.AddSingleton<Milestones>();
        builder.Services.AddSingleton<Telemetry>();
        builder.UseOrleans(silo =>
        {
            Join(silo, parsed).AddReflex(reflex =>
            {
                if (parsed.GetValue(_postgres) is { } postgres)
                {
                    reflex.UsePostgres(postgres);
                }
                else
                {
                    reflex.UseFileLog(parsed.GetRequiredValue(_data), log => log.Durability = parsed.GetValue(_durability));
                    reflex.UseSqliteState();
                }

                AddStreams(reflex, streams);
                if (parsed.GetValue(_moved) is > 0 and var partitions)
                {
                    reflex
                        .AddStream(MeasuredStreams.Moved, partitions)
                        .AddConsumerGrain<MovedGrain>(MeasuredStreams.Mover, MeasuredStreams.Moved);
                }
            });
            if (parsed.GetValue(_memoryStreams))
            {
                silo.AddMemoryStreams(SiloPlan.MemoryStreamProvider).AddMemoryGrainStorage("PubSubStore");
            }
        });
        using var host = builder.Build();
        await host.StartAsync(cancellationToken);
        await using var grpc = parsed.GetValue(_grpcPort) is { } port
            ? await GrpcEndpoints.StartAsync(
                host.Services.GetRequiredService<IReflexClient>(), port, parsed.GetValue(_barePort) ?? 0, parsed.GetValue(_plainPort) ?? 0)
            : null;
        Console.WriteLine(Ready);

        // The parent closes our input when it has done, or when it dies.
        await Console.In.ReadToEndAsync(CancellationToken.None);
        if (grpc is not null)
        {
            await grpc.StopAsync();
        }

        await host.StopAsync(CancellationToken.None);
    }
}
