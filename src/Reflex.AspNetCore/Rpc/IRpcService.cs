using Reflex.AspNetCore.Access;

namespace Reflex.AspNetCore.Rpc;

/// <summary>A service whose calls need a valid credential, and end as <see cref="CallErrors"/> says.</summary>
internal interface IRpcService
{
    CallErrors Errors { get; }

    AccessGuard Access { get; }
}
