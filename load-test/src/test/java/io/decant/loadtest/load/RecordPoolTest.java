package io.decant.loadtest.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.bucketer.Keying;
import io.decant.bucketer.Memory;
import io.decant.harness.Fingerprint;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordPoolTest {

    private static final long SEED = 7;

    @TempDir
    Path temp;

    private static List<String> take(RecordPool pool, int chunks) {
        List<String> records = new ArrayList<>();
        for (int i = 0; i < chunks; i++) {
            String text = StandardCharsets.US_ASCII.decode(pool.take()).toString();
            assertThat(text).endsWith("\n");
            records.addAll(List.of(text.substring(0, text.length() - 1).split("\n", -1)));
        }
        return records;
    }

    @Property(tries = 50)
    void shouldHoldWholeRecordsOfTheirLength(
            @ForAll @IntRange(min = 10, max = 300) int bytes, @ForAll @IntRange(min = 1, max = 50) int chunkRecords) {
        RecordPool pool = new RecordPool(RecordShape.STANDARD.withBytes(bytes), chunkRecords, 50_000, SEED);
        List<String> records = take(pool, 2 * pool.chunks());
        assertThat(records).hasSize(2 * pool.chunks() * chunkRecords).allMatch(record -> record.length() == bytes);
    }

    @Test
    void shouldBeTheSameForTheSameSeedAndAgainAfterRewinding() {
        RecordPool pool = new RecordPool(RecordShape.STANDARD, 10, 10_000, SEED);
        List<String> records = take(pool, 3 * pool.chunks());
        pool.rewind();
        assertThat(take(pool, 3 * pool.chunks())).isEqualTo(records);
        assertThat(take(new RecordPool(RecordShape.STANDARD, 10, 10_000, SEED), 3 * pool.chunks()))
                .isEqualTo(records);
        assertThat(take(new RecordPool(RecordShape.STANDARD, 10, 10_000, SEED + 1), 3 * pool.chunks()))
                .isNotEqualTo(records);
    }

    @Test
    void shouldRepeatAsManyAsAskedWithinARoundAndNoneAcrossRounds() {
        RecordPool pool = new RecordPool(RecordShape.STANDARD, 100, 4 << 20, SEED);
        List<String> first = take(pool, pool.chunks());
        List<String> second = take(pool, pool.chunks());
        Set<String> different = new HashSet<>(first);
        assertThat((double) different.size() / first.size()).isBetween(0.89, 0.91);
        assertThat(Collections.disjoint(different, second)).isTrue();
        assertThat(new HashSet<>(second)).hasSameSizeAs(different);
    }

    @Test
    void shouldMakeAsManyCopiesOfEachAsAsked() {
        RecordPool pool = new RecordPool(RecordShape.STANDARD.withCopies(50), 100, 1000 * 101, SEED);
        Map<String, Integer> counts = new HashMap<>();
        take(pool, pool.chunks()).forEach(record -> counts.merge(record, 1, Integer::sum));
        assertThat(counts).hasSize(20).allSatisfy((record, count) -> assertThat(count)
                .isEqualTo(50));
    }

    @Test
    void shouldKnowTheFingerprintOfWhatItGave() {
        RecordPool pool = new RecordPool(RecordShape.STANDARD, 10, 10_000, SEED);
        Keying keying = Keying.wholeRecord(1);
        int taken = 2 * pool.chunks() + 3;
        long sum = 0;
        ByteBuffer direct = ByteBuffer.allocateDirect(100);
        for (String record : take(pool, taken)) {
            direct.clear().put(record.getBytes(StandardCharsets.US_ASCII));
            sum += keying.newHasher().hash(Memory.addressOf(direct), 100);
        }
        assertThat(pool.fingerprint(taken, keying.newHasher()))
                .isEqualTo(new Fingerprint(taken * 10L, taken * 1_000L, sum));
    }

    @Test
    void shouldRefuseRecordsThatCannotBe() {
        assertThatThrownBy(() -> RecordShape.STANDARD.withBytes(9)).hasMessageContaining("9 bytes");
        assertThatThrownBy(() -> RecordShape.STANDARD.withCopies(0)).hasMessageContaining("0 copies");
    }

    @Test
    void shouldWriteTheSameRecordsIntoAFile() throws Exception {
        RecordPool pool = new RecordPool(RecordShape.STANDARD, 1_000, 1_000 * 101, SEED);
        Path file = temp.resolve("records");
        try (LinesFile made = LinesFile.create(file, RecordShape.STANDARD, 1_000, SEED);
                LinesFile opened = LinesFile.open(file)) {
            Fingerprint expected = pool.fingerprint(1, Keying.wholeRecord(1).newHasher());
            assertThat(made.fingerprint(
                            RecordShape.STANDARD, Keying.wholeRecord(1).newHasher()))
                    .isEqualTo(expected);
            assertThat(opened.fingerprint(
                            RecordShape.STANDARD, Keying.wholeRecord(1).newHasher()))
                    .isEqualTo(expected);
        }
    }
}
