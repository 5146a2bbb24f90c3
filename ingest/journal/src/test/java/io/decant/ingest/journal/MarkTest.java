package io.decant.ingest.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class MarkTest {

    @Property
    void shouldComeBackFromTheJournalAsItWas(
            @ForAll @LongRange(max = Integer.MAX_VALUE) long first,
            @ForAll @IntRange(max = 200) int pieces,
            @ForAll @IntRange(min = 1, max = 1 << 24) int longest,
            @ForAll long seed) {
        Mark mark = mark(first, pieces(first, pieces, longest, new Random(seed)));

        ByteBuffer bytes = ByteBuffer.allocate(EntryCodec.encodedBytes(mark)).order(ByteOrder.LITTLE_ENDIAN);
        EntryCodec.putMark(bytes, mark);

        assertThat(bytes.hasRemaining()).isFalse();
        assertThat(EntryCodec.getMark(bytes.flip())).isEqualTo(mark);
        assertThat(bytes.hasRemaining()).isFalse();
    }

    /** Found by fuzzing: the list took the memory before its pieces were there. */
    @Example
    void shouldRefuseACountOfPiecesThatNoMarkHas() {
        for (int count : new int[] {-1, Piece.PER_MARK_MAX + 1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            ByteBuffer bytes = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
            EntryCodec.putMark(bytes, new Mark("api", 7, 1_000, 1, 5));
            bytes.putInt(bytes.position() - Integer.BYTES, count);
            assertThatThrownBy(() -> EntryCodec.getMark(bytes.flip()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("pieces");
        }
    }

    /** Marks that a crash may leave behind are told apart by how much they say. */
    @Property
    void shouldBeBeyondEveryMarkThatItFollows(
            @ForAll @IntRange(min = 2, max = 50) int count,
            @ForAll @IntRange(min = 1, max = 50) int steps,
            @ForAll long seed) {
        Random random = new Random(seed);
        List<Piece> pieces = new ArrayList<>(pieces(0, count, 1000, random));
        Mark before = mark(0, pieces);
        for (int step = 0; step < steps; step++) {
            int at = random.nextInt(pieces.size());
            Piece piece = pieces.get(at);
            long start = at == 0 ? 0 : pieces.get(at - 1).end();
            if (!piece.passed() && piece.end() - start > 1 && random.nextBoolean()) {
                pieces.add(at, new Piece(start + 1 + random.nextInt((int) (piece.end() - start - 1)), false));
            } else if (!piece.passed()) {
                pieces.set(at, new Piece(piece.end(), true));
            } else {
                continue;
            }
            Mark after = mark(0, pieces);
            assertThat(after.isBeyond(before)).isTrue();
            assertThat(before.isBeyond(after)).isFalse();
            before = after;
        }
    }

    @Example
    void shouldFitAnEntryWhateverTheBoundariesAre() {
        // Lengths cannot all be long: together they are a bucket.
        int longest = Integer.MAX_VALUE / Piece.PER_MARK_MAX;
        List<Piece> pieces = new ArrayList<>();
        for (long i = 1; i <= Piece.PER_MARK_MAX; i++) {
            pieces.add(new Piece(i * longest, true));
        }
        assertThat(EntryCodec.encodedBytes(mark(0, pieces))).isLessThan(64 << 10);

        pieces.add(new Piece(Long.MAX_VALUE, false));
        assertThatThrownBy(() -> mark(0, pieces)).isInstanceOf(IllegalArgumentException.class);
    }

    @Example
    void shouldNotBeMadeOfPiecesOutOfOrder() {
        assertThatThrownBy(() -> mark(5, List.of(new Piece(5, false)))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> mark(5, List.of(new Piece(8, false), new Piece(8, true))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static Mark mark(long first, List<Piece> pieces) {
        return new Mark("api", 3, 4096, 2, first, pieces);
    }

    private static List<Piece> pieces(long first, int count, int longest, Random random) {
        List<Piece> pieces = new ArrayList<>();
        long end = first;
        for (int i = 0; i < count; i++) {
            end += 1 + random.nextInt(longest);
            pieces.add(new Piece(end, random.nextBoolean()));
        }
        return pieces;
    }
}
