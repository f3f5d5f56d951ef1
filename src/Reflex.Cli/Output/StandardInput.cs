namespace Reflex.Cli.Output;

/// <summary>What is piped into the tool.</summary>
internal static class StandardInput
{
    private const int Input = 0;

    /// <summary>Opens it; null when it was closed at the start, so that its number may be something else's by now.</summary>
    public static Stream? Open() => OperatingSystem.IsWindows() || Libc.IsInherited(Input) ? Console.OpenStandardInput() : null;
}
