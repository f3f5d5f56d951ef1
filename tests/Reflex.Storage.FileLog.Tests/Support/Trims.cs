using Reflex.Streams;

namespace Reflex.Storage.FileLog.Tests.Support;

/// <summary>Trims as a partition does.</summary>
internal static class Trims
{
    /// <summary>Removes piece by piece all that a retention doesn't keep, or so many pieces of it.</summary>
    public static async Task TrimToEndAsync(this IEventLog log, Retention retention, DateTimeOffset now, int pieces = int.MaxValue)
    {
        while (await log.TrimAsync(retention, now, TestContext.Current.CancellationToken) && --pieces > 0)
        {
        }
    }
}
