using System.Runtime.InteropServices;

namespace Reflex.Benchmarks.Reporting;

/// <summary>What a reader of figures wants to know of the machine.</summary>
internal static class Machine
{
    private const string LoadFile = "/proc/loadavg";

    public static string Describe()
    {
        var load = File.Exists(LoadFile) ? $", load average {string.Join(' ', File.ReadAllText(LoadFile).Split(' ').Take(3))}" : "";
        return $"{Environment.ProcessorCount} cores{load}, {RuntimeInformation.FrameworkDescription}";
    }
}
