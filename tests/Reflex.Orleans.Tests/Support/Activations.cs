namespace Reflex.Orleans.Tests.Support;

/// <summary>How many grains of a class are active.</summary>
internal static class Activations
{
    public static async Task<int> CountAsync<TGrain>(TestSilo silo)
        where TGrain : IGrainBase
    {
        var statistics = await silo.Grains.GetGrain<IManagementGrain>(0).GetSimpleGrainStatistics();
        return statistics.Where(statistic => statistic.GrainType.Split(',')[0] == typeof(TGrain).FullName)
            .Sum(statistic => statistic.ActivationCount);
    }
}
