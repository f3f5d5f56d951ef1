using System.Net;

namespace Reflex.AspNetCore.Tests.Support;

/// <summary>A body that begins and then waits until a test lets it go on.</summary>
internal sealed class StalledContent(byte[] begin, byte[] rest) : HttpContent
{
    private readonly TaskCompletionSource _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void GoOn() => _goOn.TrySetResult();

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.WriteAsync(begin);
        await stream.FlushAsync();
        await _goOn.Task;
        await stream.WriteAsync(rest);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = begin.Length + rest.Length;
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        _goOn.TrySetCanceled();
        base.Dispose(disposing);
    }
}
