using System.Diagnostics;

namespace Reflex.Storage.FileLog.Tests.Support;

/// <summary>A program of the system that a test needs, and is skipped without.</summary>
internal static class Tool
{
    public static bool IsRoot => OperatingSystem.IsLinux() && Environment.UserName == "root";

    /// <summary>Runs a program; answers whether it is there and succeeded.</summary>
    public static bool Run(string name, params string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo(name, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
            using var process = Process.Start(start)!;
            process.OutputDataReceived += (_, _) => { };
            process.ErrorDataReceived += (_, _) => { };
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
