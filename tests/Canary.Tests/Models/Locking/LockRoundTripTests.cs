using Canary.Models.Locking;
using Canary.Tests.Support;
using Xunit;

namespace Canary.Tests.Models.Locking;

public sealed class LockRoundTripTests
{
    [Fact]
    public void A_lock_is_read_as_it_was_written()
    {
        var whole = Locked.File("a/b.gguf", Locked.Bytes(3 * Locked.MiB + 5), Locked.Tensor("t.\u00e9", 64, 1024), Locked.Tensor("u", 2 * Locked.MiB, 4096)) with
        {
            Basis = TrustBasis.PublisherSignature,
            Signer = "key 12",
            Source = new LockSource("huggingface", "org/name", "abc"),
            TemplateSha256 = [Locked.Hex([1])],
        };
        var (read, faults) = Locked.Read(Locked.Of(whole, Locked.File("empty", [])).Bytes());
        Assert.Equal("", faults);
        var file = read!.Files[0];
        Assert.Equal((whole.Path, whole.Size, whole.Sha256, whole.Blake3, whole.Format, whole.Verdict, whole.Scanner), (file.Path, file.Size, file.Sha256, file.Blake3, file.Format, file.Verdict, file.Scanner));
        Assert.Equal((whole.Basis, whole.Signer, whole.Source, whole.VerifiedAt, whole.HeaderSha256), (file.Basis, file.Signer, file.Source, file.VerifiedAt, file.HeaderSha256));
        Assert.Equal(whole.Tensors, file.Tensors);
        Assert.Equal(whole.TemplateSha256, file.TemplateSha256);
        Assert.Equal(whole.Chunks.Digests.ToArray(), file.Chunks.Digests.ToArray());
        Assert.Equal("empty", read.Files[1].Path);
    }

    [Fact]
    public void The_same_lock_has_the_same_bytes_in_whatever_order_its_files_come()
    {
        var (a, b) = (Locked.File("a", [1]), Locked.File("b", [2]));
        Assert.Equal(Locked.Of(a, b).Bytes(), Locked.Of(b, a).Bytes());
        var (read, _) = Locked.Read(Locked.Of(b, a).Bytes());
        Assert.Equal(Locked.Of(a, b).Bytes(), read!.Bytes());
    }

    [Fact]
    public void The_canonical_form_is_as_it_was_agreed()
    {
        var model = Locked.File("sub/model.gguf", Locked.Bytes(Locked.MiB + 3), Locked.Tensor("blk.0.attn", 32, 64), Locked.Tensor("blk.1.attn", 96, 64)) with
        {
            Basis = TrustBasis.PublisherHash,
            Signer = "SHA256SUMS",
            Source = new LockSource("checksums", null, null),
            TemplateSha256 = [Locked.Hex([2]), Locked.Hex([1])],
        };
        Golden.Holds("models.lock", System.Text.Encoding.UTF8.GetString(Locked.Of(model, Locked.File("empty.bin", [])).Bytes()));
    }

    [Fact]
    public void Another_date_alone_makes_no_other_lock_and_another_byte_does()
    {
        var one = Locked.Of(Locked.File("a", [1]));
        Assert.Equal(one.Digest(), (one with { Created = Locked.Day.AddDays(1) }).Digest());
        Assert.NotEqual(one.Digest(), Locked.Of(Locked.File("a", [2])).Digest());
        Assert.NotEqual(one.Digest(), Locked.Of(Locked.File("b", [1])).Digest());
    }

    [Fact]
    public void A_full_disk_leaves_the_old_lock_and_nothing_else()
    {
        using var home = new TemporaryDirectory();
        string path = home.At("models.lock");
        LockStore.Write(path, Locked.Of(Locked.File("a", [1])));
        byte[] old = File.ReadAllBytes(path);
        Assert.Throws<IOException>(() => LockStore.Write(path, new byte[4096], staged => new FullDisk(staged)));
        Assert.Equal(old, File.ReadAllBytes(path));
        Assert.Single(Directory.GetFileSystemEntries(home.Path));
    }

    // Takes some bytes, as a disk does that becomes full.
    private sealed class FullDisk(string path) : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            File.WriteAllBytes(path, buffer[..16]);
            throw new IOException("No space left on device");
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));
    }
}
