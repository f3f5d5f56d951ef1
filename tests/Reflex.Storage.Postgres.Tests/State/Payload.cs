namespace Reflex.Storage.Postgres.Tests.State;

internal sealed class Payload
{
    public string Value { get; set; } = "";
}
