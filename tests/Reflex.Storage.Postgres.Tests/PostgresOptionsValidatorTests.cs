namespace Reflex.Storage.Postgres.Tests;

public sealed class PostgresOptionsValidatorTests
{
    private const string Good = "Host=db;Username=reflex;Password=secret";

    [Fact]
    public void Validate_ConnectionStringAlone_IsEnough() =>
        Assert.True(new PostgresOptionsValidator().Validate(null, new PostgresOptions { ConnectionString = Good }).Succeeded);

    [Theory]
    [InlineData("", "names no host")]
    [InlineData("Username=reflex;Password=secret", "names no host")]
    [InlineData("Hots=db;Password=secret", "can't be read")]
    [InlineData("Host=db;Port=secret", "can't be read")]
    public void Validate_BadConnectionString_IsOneFaultThatTellsNoSecret(string text, string expected)
    {
        var result = new PostgresOptionsValidator().Validate(null, new PostgresOptions { ConnectionString = text });
        var failure = Assert.Single(result.Failures!);
        Assert.StartsWith($"PostgresOptions.ConnectionString {expected}; write it as 'Host=", failure, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Reflex")]
    [InlineData("1reflex")]
    [InlineData("pg_reflex")]
    [InlineData("a;drop table b")]
    [InlineData("a234567890123456789012345678901234567890123456789012345678901234")]
    public void Validate_NameThatNeedsQuotesOrIsPostgresOwn_IsRefused(string schema)
    {
        var result = new PostgresOptionsValidator().Validate(null, new PostgresOptions { ConnectionString = Good, Schema = schema });
        Assert.StartsWith($"PostgresOptions.Schema is '{schema}'; it must", Assert.Single(result.Failures!), StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_SeveralFaults_ReportsAll()
    {
        var options = new PostgresOptions { CommandTimeout = TimeSpan.Zero, MaxReads = 65, MaxWaitingBytes = 1, Schema = "A" };
        Assert.Equal(5, new PostgresOptionsValidator().Validate(null, options).Failures!.Count());
    }
}
