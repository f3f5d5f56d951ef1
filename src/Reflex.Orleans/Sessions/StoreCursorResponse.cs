namespace Reflex.Orleans.Sessions;

/// <summary>The cursor is stored, or it isn't, since something was changed under the number of this change or a later one.</summary>
/// <param name="IsOvertaken">Whether it isn't; earlier silos store always.</param>
[GenerateSerializer, Immutable, Alias("reflex.StoreCursorResponse")]
internal sealed record StoreCursorResponse([property: Id(0)] bool IsOvertaken)
{
    public static StoreCursorResponse Stored { get; } = new(IsOvertaken: false);

    public static StoreCursorResponse Overtaken { get; } = new(IsOvertaken: true);
}
