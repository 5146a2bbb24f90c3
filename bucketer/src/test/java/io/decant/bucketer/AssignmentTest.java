package io.decant.bucketer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AssignmentTest {

    @Property(tries = 500)
    void shouldCutBucketsIntoTheLargestPartsThatFitAndCopyThemWhole(
            @ForAll @Size(min = 1, max = 60) List<@IntRange(max = 12) Integer> lengths,
            @ForAll @LongRange(min = 1, max = 20) long maxRecords,
            @ForAll @LongRange(min = 0, max = 60) long maxBytes,
            @ForAll long seed) {
        List<byte[]> records = lengths.stream().map(AssignmentTest::recordOf).toList();
        try (LeakCheck leaks = new LeakCheck();
                TestBatch batch = TestBatch.of(records, 10, new Random(seed));
                Assignment assignment = assign(batch)) {
            List<List<String>> model = NaiveBuckets.of(records);
            for (int bucket = 0; bucket < assignment.buckets(); bucket++) {
                List<String> expected = model.get(bucket);
                assertThat(assignment.bytes(bucket))
                        .isEqualTo(expected.stream().mapToLong(String::length).sum());
                for (long first = 0; first < assignment.records(bucket); ) {
                    long end = assignment.partEnd(bucket, first, maxRecords, maxBytes);
                    assertThat(end).isEqualTo(naivePartEnd(expected, (int) first, maxRecords, maxBytes));
                    assertThat(copied(assignment, bucket, first, end))
                            .isEqualTo(lines(expected.subList((int) first, (int) end)));
                    first = end;
                }
            }
        }
    }

    private static int naivePartEnd(List<String> records, int first, long maxRecords, long maxBytes) {
        int end = first + 1;
        while (end < records.size()
                && end + 1 - first <= maxRecords
                && lines(records.subList(first, end + 1)).length() <= maxBytes) {
            end++;
        }
        return end;
    }

    private static String lines(List<String> records) {
        return String.join("", records.stream().map(record -> record + "\n").toList());
    }

    private static String copied(Assignment assignment, int bucket, long first, long end) {
        int length = (int) assignment.linesLength(bucket, first, end);
        try (NativeBytes destination = NativeBytes.of(new byte[length])) {
            assertThat(assignment.copyLines(bucket, first, end, destination.address()))
                    .isEqualTo(length);
            return NaiveBuckets.text(NativeBytes.read(destination.address(), length));
        }
    }

    @ParameterizedTest
    @ValueSource(
            ints = {32_765, 32_766, 32_767, 32_768, 32_769, 65_533, 65_534, 65_535, 65_536, 65_537, 65_600, 1 << 20})
    void shouldKnowTheLengthOfLongRecords(int length) {
        List<byte[]> records = List.of(recordOf(3), recordOf(length), recordOf(length), recordOf(5));
        try (LeakCheck leaks = new LeakCheck();
                TestBatch batch = TestBatch.of(records, 1, new Random(1));
                Assignment assignment = assign(batch)) {
            assertThat(assignment.length(0, 1)).isEqualTo(length);
            assertThat(assignment.length(1, 0)).isEqualTo(length);
            assertThat(assignment.linesLength(0, 0, 3)).isEqualTo(4 + length + 1 + 6);
            assertThat(assignment.partEnd(0, 0, 10, length)).isEqualTo(1);
            assertThat(assignment.partEnd(0, 1, 10, 1)).isEqualTo(2);
        }
    }

    @Test
    void shouldCopyNothingForAnEmptyRange() {
        try (TestBatch batch = TestBatch.of(List.of(recordOf(3)), 1, new Random(1));
                Assignment assignment = assign(batch)) {
            assertThat(assignment.linesLength(0, 1, 1)).isZero();
            assertThat(assignment.copyLines(0, 1, 1, 0)).isZero();
        }
    }

    @Property(tries = 300)
    void shouldRankKeysAsCountingWould(
            @ForAll @Size(max = 80) List<@IntRange(max = 12) Integer> lengths, @ForAll @IntRange(max = 15) int limit) {
        List<byte[]> records = lengths.stream().map(AssignmentTest::recordOf).toList();
        try (LeakCheck leaks = new LeakCheck();
                TestBatch batch = TestBatch.of(records, 10, new Random(1));
                Assignment assignment = assign(batch)) {
            List<HotKey> top = assignment.topKeys(limit);
            List<Long> counts = lengths.stream()
                    .distinct()
                    .map(length -> lengths.stream().filter(length::equals).count())
                    .sorted((a, b) -> Long.compare(b, a))
                    .limit(limit)
                    .toList();
            assertThat(top.stream().map(HotKey::count)).containsExactlyElementsOf(counts);
            assertThat(top).allSatisfy(key -> assertThat(
                            lengths.stream().filter(l -> l == key.length()).count())
                    .isEqualTo(key.count()));
            assertThat(top.stream().map(HotKey::length)).doesNotHaveDuplicates();
            assertThat(assignment.hottest())
                    .isEqualTo(assignment.topKeys(1).stream().findFirst());
        }
    }

    @Test
    void shouldShowARecordOfTheHottestKey() {
        List<byte[]> records = Stream.of("a", "hot", "b", "hot", "a", "hot")
                .map(text -> text.getBytes(StandardCharsets.US_ASCII))
                .toList();
        try (TestBatch batch = TestBatch.of(records, 2, new Random(1));
                Assignment assignment = assign(batch)) {
            assertThat(assignment.hottest()).hasValueSatisfying(key -> {
                assertThat(NaiveBuckets.text(NativeBytes.read(key.address(), key.length())))
                        .isEqualTo("hot");
                assertThat(key.count()).isEqualTo(3);
            });
        }
    }

    @Test
    void shouldRefuseWhatDoesNotExist() {
        try (TestBatch batch = TestBatch.of(List.of(recordOf(1), recordOf(1), recordOf(2)), 2, new Random(1));
                Assignment assignment = assign(batch)) {
            List<Runnable> calls = new ArrayList<>(List.of(
                    () -> assignment.records(2),
                    () -> assignment.records(-1),
                    () -> assignment.address(1, 1),
                    () -> assignment.length(0, -1),
                    () -> assignment.arrival(1, 1),
                    () -> assignment.keylessAddress(0),
                    () -> assignment.keylessLength(0),
                    () -> batch.chunks().tag(2),
                    () -> batch.chunks().firstRecord(3),
                    () -> batch.chunks().chunkOf(3),
                    () -> assignment.partEnd(1, 1, 1, 1),
                    () -> assignment.copyLines(1, 0, 2, 0),
                    () -> assignment.linesLength(0, 2, 1)));
            assertThat(calls).allSatisfy(call -> assertThatExceptionOfType(IndexOutOfBoundsException.class)
                    .isThrownBy(call::run));
            assertThatIllegalArgumentException().isThrownBy(() -> assignment.partEnd(0, 0, 0, 1));
            assertThatIllegalStateException()
                    .isThrownBy(() -> assignment.arrival(0, 0))
                    .withMessageContaining("without arrivals");
        }
    }

    @Test
    void shouldFailByExceptionOnceClosed() {
        try (LeakCheck leaks = new LeakCheck();
                TestBatch batch = TestBatch.of(List.of(recordOf(1)), 2, new Random(1))) {
            Assignment assignment = assign(batch);
            assignment.close();
            assignment.close();
            List<Runnable> calls = List.of(
                    assignment::records,
                    assignment::buckets,
                    assignment::hottest,
                    () -> assignment.topKeys(1),
                    () -> assignment.records(0),
                    () -> assignment.bytes(0),
                    () -> assignment.address(0, 0),
                    () -> assignment.length(0, 0),
                    () -> assignment.arrival(0, 0),
                    assignment::keyless,
                    () -> assignment.keylessAddress(0),
                    () -> assignment.keylessLength(0),
                    () -> assignment.partEnd(0, 0, 1, 1),
                    () -> assignment.linesLength(0, 0, 1),
                    () -> assignment.copyLines(0, 0, 1, 0));
            assertThat(calls)
                    .allSatisfy(call -> assertThatIllegalStateException().isThrownBy(call::run));
        }
    }

    private static Assignment assign(TestBatch batch) {
        return new BucketAssigner(2, Runnable::run, 0, 4).assign(batch.chunks(), Keying.wholeRecord(9));
    }

    /** The one record of that length. */
    private static byte[] recordOf(int length) {
        byte[] record = new byte[length];
        Arrays.fill(record, (byte) 'x');
        return record;
    }
}
