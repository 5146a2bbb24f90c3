package io.decant.ingest.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.decant.ingest.journal.Piece;
import io.decant.ingest.journal.SinkShape;
import io.decant.ingest.sink.body.PartBody;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What no receiver's answer shows of how a batch is cut into parts. */
class PartWindowTest {

    @Test
    void shouldSplitAPieceOfOneRecordThoughThereIsNoRoomForMorePieces() {
        List<String> records = new ArrayList<>(List.of("oops", "1"));
        IntStream.range(0, Piece.PER_MARK_MAX).forEach(i -> records.add("10" + i));
        SinkShape shape = new SinkShape(TestBatch.SINK, "http", "json", 100_000, 1 << 20);
        List<Piece> pieces = IntStream.range(0, PartWindow.RUNS_MAX)
                .mapToObj(i -> new Piece(2 + i, false))
                .toList();
        try (TestBatch batch = new TestBatch(records, shape)) {
            PartBody body = PartBody.of("json", batch.open());
            PartWindow window = new PartWindow(batch.open(), body, shape, new Progress(0, 0, pieces), 8);
            Part part = window.next();
            part.sent();
            part.splitInto(AnswerReader.runs(part, TestItems.of(503), body, PartWindow.RUNS_MAX));
            window.split(part, (piece, run) -> {});

            assertThat(window.parts()).extracting(Part::first, Part::end).containsExactly(tuple(0L, 1L), tuple(1L, 2L));
        }
    }

    @Test
    void shouldPassOverAnOpenerThatIsBeingSplit() {
        SinkShape shape = new SinkShape(TestBatch.SINK, "http", "lines", 2, 100);
        try (TestBatch batch = new TestBatch(List.of("r0", "r1", "r2", "r3"), shape)) {
            PartBody body = PartBody.of("lines", batch.open());
            PartWindow window = new PartWindow(batch.open(), body, shape, Progress.START, 8);
            Part first = window.next();
            Part opener = window.next();
            assertThat(window.probe(opener)).isSameAs(opener);
            opener.sent();
            opener.splitInto(window.halves(opener, AnswerClass.REFUSED));
            // It waits for room, which only the first can make.
            assertThat(window.probe(opener)).isSameAs(first);
        }
    }
}
