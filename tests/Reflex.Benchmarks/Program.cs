using System.CommandLine;
using Reflex.Benchmarks.Reporting;
using Reflex.Benchmarks.Scenarios;
using Reflex.Benchmarks.Silo;
using Reflex.Storage;

IScenario[] scenarios = [new AppendScenario(), new ReadScenario(), new LatencyScenario()];

var json = new Option<FileInfo?>("--json") { Description = "Also write the figures to this file, as JSON.", Recursive = true };
var seconds = new Option<int>("--seconds") { Description = "How long each figure is measured.", DefaultValueFactory = _ => 9, Recursive = true };
var folder = new Option<DirectoryInfo>("--folder")
{
    Description = "A folder on the disk to measure.",
    DefaultValueFactory = _ => new DirectoryInfo(Path.GetTempPath()),
    Recursive = true,
};
var root = new RootCommand("Measures Reflex, against its peers where they are found. One line a figure: system, figure, value, unit.")
{
    json, seconds, folder,
};
foreach (var scenario in scenarios)
{
    var command = new Command(scenario.Name, scenario.Description);
    command.SetAction(async (parsed, cancellationToken) =>
    {
        var report = new Report();
        var work = Directory.CreateDirectory(Path.Combine(parsed.GetRequiredValue(folder).FullName, $"reflex-bench-{Path.GetRandomFileName()}"));
        try
        {
            await scenario.RunAsync(new Run(report, work.FullName, TimeSpan.FromSeconds(parsed.GetValue(seconds))), cancellationToken);
        }
        finally
        {
            work.Delete(recursive: true);
        }

        if (parsed.GetValue(json) is { } file)
        {
            await report.WriteAsync(file.FullName, cancellationToken);
        }
    });
    root.Add(command);
}

var data = new Option<string>("--data") { Required = true };
var siloPort = new Option<int>("--silo-port");
var gatewayPort = new Option<int>("--gateway-port");
var durability = new Option<Durability>("--durability");
var silo = new Command("silo", "Runs the silo that is measured; scenarios start it by themselves.") { data, siloPort, gatewayPort, durability };
silo.Hidden = true;
silo.SetAction((parsed, cancellationToken) => SiloCommand.RunAsync(
    parsed.GetRequiredValue(data), parsed.GetValue(siloPort), parsed.GetValue(gatewayPort), parsed.GetValue(durability), cancellationToken));
root.Add(silo);

return await root.Parse(args).InvokeAsync();
