package io.decant.ingest.demo;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import io.decant.bucketer.KeyHasher;
import io.decant.bucketer.Keying;
import io.decant.bucketer.Memory;
import io.decant.harness.Fingerprint;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class LogRecordsTest {
    private static final int RECORDS = 200_000;

    private final KeyHasher hasher = Keying.wholeRecord(1).newHasher();

    @Test
    void shouldMakePrintableRecordsOfOneLength() {
        assertThat(lines(new LogRecords(7, hasher), 1000))
                .allMatch(record -> record.length() == LogRecords.RECORD_BYTES)
                .allMatch(
                        record -> record.matches(
                                "192\\.0\\.2\\.\\d{3} - - \\[20/Nov/2026:21:53:03\\.\\d{6} \\+0000] \"POST /orders/\\d{10}\\?s=[0-9a-f]{16}\" 200"));
    }

    @Test
    void shouldRepeatOneRecordInTenAndSomeOften() {
        Map<String, Long> counts =
                lines(new LogRecords(7, hasher), RECORDS).stream().collect(groupingBy(Function.identity(), counting()));
        assertThat(RECORDS - counts.size()).isBetween(RECORDS / 10 - RECORDS / 1000, RECORDS / 10 + RECORDS / 1000);
        assertThat(Collections.max(counts.values())).isBetween(3L, 10L);
    }

    @Test
    void shouldMakeTheSameForTheSameSeed() {
        assertThat(lines(new LogRecords(7, hasher), 1000))
                .isEqualTo(lines(new LogRecords(7, hasher), 1000))
                .isNotEqualTo(lines(new LogRecords(8, hasher), 1000));
    }

    @Test
    void shouldGoOnFromBlockToBlockAndFingerprintWhatIsInThem() {
        ByteBuffer block = ByteBuffer.allocateDirect(100 * LogRecords.LINE_BYTES + 50);
        LogRecords records = new LogRecords(7, hasher);
        StringBuilder text = new StringBuilder();
        Fingerprint told = Fingerprint.EMPTY;
        Fingerprint found = Fingerprint.EMPTY;
        for (int i = 0; i < 10; i++) {
            told = told.plus(records.fill(block));
            assertThat(block.remaining()).isEqualTo(100 * LogRecords.LINE_BYTES);
            for (int at = 0; at < block.limit(); at += LogRecords.LINE_BYTES) {
                long hash = hasher.hash(Memory.addressOf(block) + at, LogRecords.RECORD_BYTES);
                found = found.plus(new Fingerprint(1, LogRecords.RECORD_BYTES, hash));
            }
            text.append(StandardCharsets.US_ASCII.decode(block));
        }
        assertThat(told).isEqualTo(found);
        assertThat(text.toString().lines().toList()).isEqualTo(lines(new LogRecords(7, hasher), 1000));
    }

    private static List<String> lines(LogRecords records, int count) {
        ByteBuffer block = ByteBuffer.allocateDirect(count * LogRecords.LINE_BYTES);
        records.fill(block);
        return StandardCharsets.US_ASCII.decode(block).toString().lines().toList();
    }
}
