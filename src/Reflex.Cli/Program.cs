using Reflex.Cli;

return await ReflexTool.RunAsync(args, Console.OpenStandardInput(), Console.Out, Console.Error);
