using Reflex.AspNetCore.Access;

namespace Reflex.AspNetCore.Http.Access;

/// <summary>What an endpoint needs, as its metadata say it.</summary>
/// <param name="AnyOf">One of these on the stream that the path names; none when a valid credential is enough.</param>
internal sealed record RequiredAccess(StreamOperations AnyOf);
