using Reflex.Cli;
using Reflex.Cli.Output;

return await ReflexTool.RunAsync(args, StandardInput.Open(), StandardStream.OpenOutput(), StandardStream.OpenError());
