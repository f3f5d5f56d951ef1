using System.CommandLine;
using Reflex.Benchmarks.Recovery;
using Reflex.Benchmarks.Scenarios;
using Reflex.Benchmarks.Silo;

IScenario[] scenarios =
[
    new AppendScenario(), new ReadScenario(), new LatencyScenario(), new FanoutScenario(), new PartitionsScenario(),
    new RecoveryScenario(), new MemoryScenario(), new GrpcScenario(), new PostgresScenario(), new SpreadScenario(),
    new TelemetryScenario(), new PeersScenario(),
];

var root = new RootCommand("Measures Reflex, against its peers where they are found. One line a figure: system, figure, value, unit.");
new ScenarioCommands().AddTo(root, scenarios);
root.Add(new SiloCommand().Create());
root.Add(new OwnerCommand().Create());

// An interrupted run stops its servers and removes its folder, which takes longer than the two seconds that it would have.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) });
