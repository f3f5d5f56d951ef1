using Reflex.Storage.FileLog.Tests.Support;
using Xunit.Runner.InProc.SystemConsole;

return args is [ChildProcess.Argument, .. var rest]
    ? await ChildActions.RunAsync(rest[0], rest[1])
    : await ConsoleRunner.Run(args);
