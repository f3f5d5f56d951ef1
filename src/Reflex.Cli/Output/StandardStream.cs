using System.Runtime.InteropServices;
using System.Text;

namespace Reflex.Cli.Output;

/// <summary>
/// The standard output, or the error output, of a process on Linux or macOS. .NET's own swallows that the reader has gone, and writes
/// into whatever has the number of an output that was closed at the start.
/// </summary>
internal sealed class StandardStream : Stream
{
    private const int Output = 1;
    private const int Error = 2;

    private readonly int _descriptor;
    private readonly bool _isOpen;

    private StandardStream(int descriptor)
    {
        _descriptor = descriptor;
        _isOpen = Libc.IsInherited(descriptor);
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The output, whose failures are its writers' errors.</summary>
    public static TextWriter OpenOutput() => OperatingSystem.IsWindows() ? Console.Out : Open(Output);

    /// <summary>The error output, of whose failures there is nobody to tell.</summary>
    public static TextWriter OpenError() => OperatingSystem.IsWindows() ? Console.Error : Open(Error);

    /// <inheritdoc/>
    /// <exception cref="ReaderGoneException">Nobody reads it any more.</exception>
    /// <exception cref="OutputException">It can't be written.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        var error = _isOpen ? Libc.WriteAll(_descriptor, buffer) : 0;
        if (_descriptor == Error || (_isOpen && error == 0))
        {
            return;
        }

        throw error == Libc.BrokenPipe
            ? new ReaderGoneException()
            : new OutputException(_isOpen ? Marshal.GetPInvokeErrorMessage(error) : "it was closed at the start");
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        Write(buffer.AsSpan(offset, count));
        return Task.CompletedTask;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private static TextWriter Open(int descriptor) => TextWriter.Synchronized(
        new StreamWriter(new StandardStream(descriptor), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true });
}
