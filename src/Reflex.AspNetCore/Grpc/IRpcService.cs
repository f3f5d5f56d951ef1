namespace Reflex.AspNetCore.Grpc;

/// <summary>A service whose calls end as <see cref="CallErrors"/> says.</summary>
internal interface IRpcService
{
    CallErrors Errors { get; }
}
