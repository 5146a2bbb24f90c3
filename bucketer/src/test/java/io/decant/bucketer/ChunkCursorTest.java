package io.decant.bucketer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Chunks of 3, 1 and 2 records, wherever they lie. */
class ChunkCursorTest {

    private final Chunks chunks = new Chunks();

    @BeforeEach
    void fill() {
        chunks.add(1_000, 30, 3, 'a');
        chunks.add(2_000, 10, 1, 'b');
        chunks.add(3_000, 20, 2, 'c');
    }

    @AfterEach
    void close() {
        chunks.close();
    }

    @Test
    void shouldFindTheChunkOfEveryRecordInAnyOrder() {
        ChunkCursor cursor = new ChunkCursor(chunks);
        for (int record : new int[] {5, 0, 2, 3, 4, 1, 1, 5, 3}) {
            cursor.turnTo(record);
            assertThat((char) cursor.tag()).isEqualTo("aaabcc".charAt(record));
            assertThat(cursor.chunk()).isEqualTo("abc".indexOf((char) cursor.tag()));
            assertThat(cursor.offset()).isEqualTo("012001".charAt(record) - '0');
        }
    }

    @Test
    void shouldSayWhetherTheChunkIsAnother() {
        ChunkCursor cursor = new ChunkCursor(chunks);
        assertThat(cursor.turnTo(0)).isTrue();
        assertThat(cursor.turnTo(2)).isFalse();
        assertThat(cursor.turnTo(3)).isTrue();
        assertThat(cursor.turnTo(3)).isFalse();
        assertThat(cursor.turnTo(1)).isTrue();
    }

    @Test
    void shouldRefuseARecordThatThereIsNot() {
        ChunkCursor cursor = new ChunkCursor(chunks);
        assertThatThrownBy(() -> cursor.turnTo(6)).isInstanceOf(IndexOutOfBoundsException.class);
    }
}
