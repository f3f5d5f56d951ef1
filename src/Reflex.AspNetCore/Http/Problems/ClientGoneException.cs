namespace Reflex.AspNetCore.Http.Problems;

/// <summary>The client has gone in the middle of its request, of which a read can hear before the request's token does.</summary>
internal sealed class ClientGoneException(Exception innerException)
    : Exception("The client has gone in the middle of its request.", innerException);
