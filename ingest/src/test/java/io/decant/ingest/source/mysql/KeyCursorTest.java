package io.decant.ingest.source.mysql;

import static io.decant.ingest.source.mysql.MysqlFixtures.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.decant.ingest.journal.Block;
import io.decant.ingest.journal.OpaqueBytes;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyCursorTest {

    @Test
    void shouldComeBackFromTheJournal() {
        KeyCursor cursor = new KeyCursor(7, values("a\u0000é", "", "17"));
        KeyCursor read = KeyCursor.decode(cursor.encode());
        assertThat(read.increment()).isEqualTo(7);
        assertThat(read.key().toArray()).isEqualTo(cursor.key().toArray());
    }

    @Test
    void shouldRefuseAKeyThatTheJournalDoesNotTake() {
        KeyCursor cursor = new KeyCursor(0, List.of(new byte[Block.CURSOR_BYTES_MAX]));
        assertThatExceptionOfType(ImportException.class)
                .isThrownBy(cursor::encode)
                .withMessageContaining("shorter unique key");
    }

    @Test
    void shouldSayThatAPositionIsCutOff() {
        byte[] whole = new KeyCursor(7, values("abc", "17")).encode().toArray();
        for (int length = 0; length < whole.length; length++) {
            OpaqueBytes cut = OpaqueBytes.of(Arrays.copyOf(whole, length));
            assertThatExceptionOfType(ImportException.class)
                    .isThrownBy(() -> KeyCursor.decode(cut))
                    .withMessageContaining("cannot be read");
        }
    }

    @Test
    void shouldNotGuessAtWhatANewerVersionWrote() {
        assertThatExceptionOfType(ImportException.class)
                .isThrownBy(() -> KeyCursor.decode(OpaqueBytes.of((byte) 2)))
                .withMessageContaining("newer version");
    }
}
