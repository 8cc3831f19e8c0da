using System.Runtime.Versioning;
using Canary.Models.Gating;

namespace Canary.Sensors.Gating;

/// <summary>Puts another book in force while the gate stands.</summary>
[SupportedOSPlatform("linux")]
internal sealed class BookTurn(WatchedFiles files, GateSeals seals, GateQueue queue, GateReports reports, PolicyBook policies)
{
    public BookChange Run(IGateBook book)
    {
        // First: what comes from now on is judged by the new one.
        files.Book = book;
        int same = 0, changed = 0, gone = 0;
        foreach (var file in files.All)
        {
            if (Named(book, file) is not { } expected)
            {
                // The kernel is to ask again before the file is nobody's.
                seals.Break(file);
                files.Drop(file);
                gone++;
            }
            else if (IsSame(expected, file.File))
            {
                lock (file)
                    file.Rename(expected);
                same++;
            }
            else
            {
                lock (file)
                {
                    seals.Break(file);
                    queue.AskAgain(file.Expect(expected, policies.Of(expected.Path)));
                }

                reports.Say(new GateGuarantee(file.Path, file.Guarantee, "the lock was replaced and says something else of it: its bytes are compared anew"));
                changed++;
            }
        }

        return new BookChange(same, changed, 0, gone);
    }

    /// <summary>By the path that it has now: it may have been renamed since it was met.</summary>
    private static GatedFile? Named(IGateBook book, Watched file)
    {
        string now = OpenFile.PathOf(file.Handle);
        return book.At(now) ?? book.At(file.Path)
            ?? (OpenFile.Of(file.Handle, withGeneration: false) is { } facts ? book.Expected(now, facts.Stamp.Size) : null);
    }

    private static bool IsSame(GatedFile one, GatedFile other) =>
        one.Size == other.Size && one.Sha256 == other.Sha256 && one.Chunks.Digests.Span.SequenceEqual(other.Chunks.Digests.Span);
}
