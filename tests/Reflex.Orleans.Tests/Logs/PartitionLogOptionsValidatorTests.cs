using Reflex.Orleans.Logs;

namespace Reflex.Orleans.Tests.Logs;

public sealed class PartitionLogOptionsValidatorTests
{
    [Fact]
    public void Validate_Defaults_Succeeds() =>
        Assert.True(new PartitionLogOptionsValidator().Validate(null, new PartitionLogOptions()).Succeeded);

    [Fact]
    public void Validate_EveryFault_ReportsEachNamingItsOption()
    {
        var result = new PartitionLogOptionsValidator().Validate(
            null,
            new PartitionLogOptions
            {
                MaxQueuedBytes = 0,
                MaxGroupBytes = -1,
                MaxRecentBytes = -2,
                MaxTotalRecentBytes = -3,
                OwnerCheckInterval = TimeSpan.FromMilliseconds(99),
            });
        Assert.Equal(
            [
                "PartitionLogOptions.MaxQueuedBytes is 0; it must be greater than zero.",
                "PartitionLogOptions.MaxGroupBytes is -1; it must be greater than zero.",
                "PartitionLogOptions.MaxRecentBytes is -2; it must not be negative.",
                "PartitionLogOptions.MaxTotalRecentBytes is -3; it must not be negative.",
                "PartitionLogOptions.OwnerCheckInterval is 00:00:00.0990000; it must be from 00:00:00.1000000 to 01:00:00.",
            ],
            result.Failures);
    }
}
