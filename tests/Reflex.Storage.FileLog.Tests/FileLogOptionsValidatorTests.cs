namespace Reflex.Storage.FileLog.Tests;

public sealed class FileLogOptionsValidatorTests
{
    [Fact]
    public void Validate_Defaults_AreFine() => Assert.True(new FileLogOptionsValidator().Validate(null, new FileLogOptions()).Succeeded);

    [Fact]
    public void Validate_EverythingWrong_ReportsEveryFault()
    {
        var options = new FileLogOptions
        {
            Path = " ",
            SegmentSizeBytes = 4095,
            IndexIntervalBytes = 1023,
            MaxOpenFiles = 15,
            MaxDiskThreads = 0,
            Durability = (Durability)7,
            Access = (DataAccess)7,
        };
        Assert.Equal(
            [
                "FileLogOptions.Path is empty; name the data folder.",
                "FileLogOptions.SegmentSizeBytes is 4095; it must be from 4096 to 1073741824.",
                "FileLogOptions.IndexIntervalBytes is 1023; it must be from 1024 to 2147483647.",
                "FileLogOptions.MaxOpenFiles is 15; it must be from 16 to 2147483647.",
                "FileLogOptions.MaxDiskThreads is 0; it must be from 1 to 256.",
                "FileLogOptions.Durability is 7; it must be Flushed or Buffered.",
                "FileLogOptions.Access is 7; it must be Owner or Umask.",
            ],
            new FileLogOptionsValidator().Validate(null, options).Failures);
    }

    [Theory]
    [InlineData(4096, true)]
    [InlineData(1073741824, true)]
    [InlineData(1073741825, false)]
    public void Validate_SegmentSize_HasBounds(int bytes, bool isFine) =>
        Assert.Equal(isFine, new FileLogOptionsValidator().Validate(null, new FileLogOptions { SegmentSizeBytes = bytes }).Succeeded);

    [Theory]
    [InlineData(256, true)]
    [InlineData(257, false)]
    public void Validate_DiskThreads_HaveBounds(int threads, bool isFine) =>
        Assert.Equal(isFine, new FileLogOptionsValidator().Validate(null, new FileLogOptions { MaxDiskThreads = threads }).Succeeded);

    [Theory]
    [InlineData(null, true)]
    [InlineData(16, true)]
    [InlineData(400, true)]
    [InlineData(401, false)]
    public void Validate_OpenFiles_MayNotBeMoreThanTheProcessMayHave(int? files, bool isFine)
    {
        var result = new FileLogOptionsValidator(400).Validate(null, new FileLogOptions { MaxOpenFiles = files });
        Assert.Equal(isFine, result.Succeeded);
        Assert.Equal(
            isFine
                ? null
                : "FileLogOptions.MaxOpenFiles is 401, and the process may have 400 files open: lower it, leave it out, or raise the " +
                  "process' limit (ulimit -n).",
            result.FailureMessage);
    }
}
