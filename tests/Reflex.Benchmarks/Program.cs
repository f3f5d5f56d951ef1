using System.CommandLine;
using Reflex.Benchmarks.Recovery;
using Reflex.Benchmarks.Reporting;
using Reflex.Benchmarks.Scenarios;
using Reflex.Benchmarks.Silo;

IScenario[] scenarios =
[
    new AppendScenario(), new ReadScenario(), new LatencyScenario(), new FanoutScenario(), new PartitionsScenario(),
    new RecoveryScenario(), new MemoryScenario(), new PeersScenario(),
];

var json = new Option<FileInfo?>("--json") { Description = "Also write the figures to this file, as JSON.", Recursive = true };
var plot = new Option<FileInfo?>("--plot") { Description = "Also draw the curves, where there are any, into this SVG file.", Recursive = true };
var seconds = new Option<int>("--seconds") { Description = "How long each figure is measured.", DefaultValueFactory = _ => 9, Recursive = true };
var folder = new Option<DirectoryInfo>("--folder")
{
    Description = "A folder on the disk to measure.",
    DefaultValueFactory = _ => new DirectoryInfo(Path.GetTempPath()),
    Recursive = true,
};
var root = new RootCommand("Measures Reflex, against its peers where they are found. One line a figure: system, figure, value, unit.")
{
    json, plot, seconds, folder,
};
foreach (var scenario in scenarios)
{
    var command = new Command(scenario.Name, scenario.Description);
    command.SetAction((parsed, cancellationToken) => RunAsync(scenario, parsed, cancellationToken));
    root.Add(command);
}

root.Add(new SiloCommand().Create());
root.Add(new OwnerCommand().Create());

// An interrupted run stops its servers and removes its folder, which takes longer than the two seconds that it would have.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) });

async Task RunAsync(IScenario scenario, ParseResult parsed, CancellationToken cancellationToken)
{
    var work = Directory.CreateDirectory(Path.Combine(parsed.GetRequiredValue(folder).FullName, $"reflex-bench-{Path.GetRandomFileName()}"));
    var run = new Run(new Report(), new Plot(), work.FullName, TimeSpan.FromSeconds(parsed.GetValue(seconds)));
    Report.Note($"{scenario.Name}: {Machine.Describe()}");
    try
    {
        await scenario.RunAsync(run, cancellationToken);
    }
    finally
    {
        Report.Progress("");
        work.Delete(recursive: true);
    }

    if (parsed.GetValue(json) is { } file)
    {
        await run.Report.WriteAsync(file.FullName, cancellationToken);
    }

    if (parsed.GetValue(plot) is { } svg)
    {
        if (run.Plot.IsEmpty)
        {
            Report.LeaveOut(svg.Name, "this scenario has no curves");
        }
        else
        {
            run.Plot.Write(svg.FullName);
        }
    }

    Report.Note($"end: {Machine.Describe()}");
}
