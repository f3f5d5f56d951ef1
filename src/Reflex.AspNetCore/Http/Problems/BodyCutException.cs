namespace Reflex.AspNetCore.Http.Problems;

/// <summary>The client has closed its side of the connection in the middle of a body whose length it had announced.</summary>
internal sealed class BodyCutException(BadHttpRequestException innerException)
    : Exception("The client has closed its side in the middle of the body.", innerException)
{
    public BadHttpRequestException Cause => innerException;
}
