namespace Reflex.Copying.Tests.Support;

/// <summary>The end of the process that copies.</summary>
internal sealed class CrashException : Exception
{
}
