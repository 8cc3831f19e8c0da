using System.IO.Compression;
using System.Text;

namespace Canary.Replay;

/// <summary>A log as a stream of UTF-8: unpacked where it is gzip, without its byte order mark, and transcoded where that says UTF-16.</summary>
internal static class ReplayInput
{
    public static Stream Open(Stream log)
    {
        var (head, all) = Peek(log);
        if (head is [0x1f, 0x8b, ..])
            (head, all) = Peek(new GZipStream(all, CompressionMode.Decompress));
        return head switch
        {
            [0xef, 0xbb, 0xbf] => Skip(all, 3),
            [0xff, 0xfe, ..] => Encoding.CreateTranscodingStream(Skip(all, 2), Encoding.Unicode, Encoding.UTF8),
            [0xfe, 0xff, ..] => Encoding.CreateTranscodingStream(Skip(all, 2), Encoding.BigEndianUnicode, Encoding.UTF8),
            _ => all,
        };
    }

    private static (byte[] Head, Stream All) Peek(Stream stream)
    {
        byte[] head = new byte[3];
        int length = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        return (head[..length], new HeadedStream(head[..length], stream));
    }

    private static Stream Skip(Stream stream, int bytes)
    {
        stream.ReadExactly(new byte[bytes]);
        return stream;
    }

    /// <summary>A stream whose first bytes were read already: a pipe cannot go back.</summary>
    private sealed class HeadedStream(byte[] head, Stream rest) : Stream
    {
        private int _given;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(Span<byte> buffer)
        {
            int left = Math.Min(head.Length - _given, buffer.Length);
            if (left == 0)
                return rest.Read(buffer);
            head.AsSpan(_given, left).CopyTo(buffer);
            _given += left;
            return left;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                rest.Dispose();
            base.Dispose(disposing);
        }
    }
}
