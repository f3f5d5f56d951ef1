using Reflex.Storage.FileLog.Tests.Support;
using Xunit.Runner.InProc.SystemConsole;

return args is [ChildProcess.Argument, .. var rest]
    ? await ChildProcess.RunAsync(rest)
    : await ConsoleRunner.Run(args);
