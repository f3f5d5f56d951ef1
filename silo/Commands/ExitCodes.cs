namespace Reflex.Silo.Commands;

/// <summary>What the silo's commands end with.</summary>
internal static class ExitCodes
{
    public const int Done = 0;

    /// <summary>The data isn't sound.</summary>
    public const int Unsound = 1;

    /// <summary>The silo isn't ready, or doesn't answer; containers keep other codes for themselves.</summary>
    public const int Unhealthy = 1;

    /// <summary>The command can't be run like this, here or now.</summary>
    public const int Refused = 2;
}
