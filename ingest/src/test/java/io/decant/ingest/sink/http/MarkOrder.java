package io.decant.ingest.sink.http;

import io.decant.ingest.journal.Piece;
import io.decant.ingest.sink.Progress;
import java.util.List;

/**
 * The order of progress within a batch, as the journal has it of marks: told here once more, in a test's plain words.
 */
final class MarkOrder {

    private MarkOrder() {}

    static boolean isBeyond(Progress progress, Progress before) {
        if (progress.bucket() != before.bucket()) {
            return progress.bucket() > before.bucket();
        }
        if (progress.first() != before.first()) {
            return progress.first() > before.first();
        }
        return said(progress) > said(before) && ends(progress).containsAll(ends(before));
    }

    private static long said(Progress progress) {
        return progress.pieces().size()
                + progress.pieces().stream().filter(Piece::passed).count();
    }

    private static List<Long> ends(Progress progress) {
        return progress.pieces().stream().map(Piece::end).toList();
    }
}
