using System.Diagnostics;

namespace Reflex.Cluster.Tests.Cluster;

/// <summary>
/// Kills what the test has started when the test is no more, however it ended: its pipe to the test ends then. A frozen process could
/// not look after itself.
/// </summary>
internal sealed class Guardian : IDisposable
{
    private const string Script =
        """
        trap '' HUP INT TERM
        declare -A running
        while read -r sign id; do
            if [[ $sign == + ]]; then running[$id]=1; else unset "running[$id]"; fi
        done
        [[ ${#running[@]} -eq 0 ]] || kill -KILL "${!running[@]}"
        """;

    private readonly Lock _lock = new();
    private readonly Process _process = Process.Start(
        new ProcessStartInfo("bash", ["-c", Script]) { RedirectStandardInput = true })!;

    public void Add(int process) => Tell('+', process);

    public void Remove(int process) => Tell('-', process);

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private void Tell(char sign, int process)
    {
        lock (_lock)
        {
            _process.StandardInput.Write($"{sign} {process}\n");
            _process.StandardInput.Flush();
        }
    }
}
