package io.decant.loadtest.cases;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.bucketer.Keying;
import io.decant.bucketer.Memory;
import io.decant.harness.BucketVerifier;
import io.decant.harness.ReceivedPart;
import io.decant.harness.Verdict;
import io.decant.loadtest.load.LinesFile;
import io.decant.loadtest.load.RecordPool;
import io.decant.loadtest.load.RecordShape;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the verifying round rests on: what the pool says it gave, against what the verifier says came. */
class VerificationTest {

    private static final Keying KEYING = Keying.wholeRecord(3);
    private static final int RECORDS = 1_000;

    @TempDir
    Path temp;

    private final RecordPool pool = new RecordPool(RecordShape.STANDARD.withCopies(2), RECORDS, 1, 1);
    private final List<String> first = new ArrayList<>();
    private final List<String> second = new ArrayList<>();

    /** Each record is there twice, so there are two buckets. */
    @BeforeEach
    void parts() {
        String[] records =
                StandardCharsets.US_ASCII.decode(pool.take()).toString().split("\n", -1);
        for (int i = 0; i < RECORDS; i++) {
            (i < RECORDS / 2 ? first : second).add(records[i]);
        }
    }

    private Verdict verdict(long acknowledged) {
        try (BucketVerifier verifier = new BucketVerifier(KEYING.newHasher(), batch -> {})) {
            part(verifier, 0, first);
            part(verifier, 1, second);
            return Verdict.of(pool.fingerprint(1, KEYING.newHasher()), acknowledged, verifier.tally());
        }
    }

    private static void part(BucketVerifier verifier, int bucket, List<String> records) {
        byte[] body = (String.join("\n", records) + "\n").getBytes(StandardCharsets.US_ASCII);
        ByteBuffer memory = ByteBuffer.allocateDirect(body.length).put(body);
        verifier.part(
                new ReceivedPart("key-" + bucket, 1, bucket, 2, 0, records.size(), "a/b"),
                Memory.addressOf(memory),
                body.length);
    }

    @Test
    void shouldHoldWhenAllIsThere() {
        assertThat(verdict(RECORDS).held()).isTrue();
    }

    @Test
    void shouldCatchADuplicateInABucket() {
        // Both copies in the first bucket: the multiset is what it was.
        first.add(second.remove(0));
        Verdict verdict = verdict(RECORDS);
        assertThat(verdict.distinct()).isFalse();
        assertThat(verdict.complete()).isTrue();
    }

    @Test
    void shouldCatchALostRecord() {
        second.remove(7);
        assertThat(verdict(RECORDS).complete()).isFalse();
    }

    @Test
    void shouldCatchAnInventedRecordInPlaceOfAnother() {
        second.set(7, "z".repeat(100));
        assertThat(verdict(RECORDS).complete()).isFalse();
    }

    @Test
    void shouldCatchACountThatIsOff() {
        assertThat(verdict(RECORDS - 1).complete()).isFalse();
        assertThat(verdict(RECORDS + 1).complete()).isFalse();
    }

    @Test
    void shouldVerifyAnAssignment() throws Exception {
        RecordShape shape = RecordShape.STANDARD.withCopies(4);
        try (LinesFile lines = LinesFile.create(temp.resolve("records"), shape, 40_000, 1);
                AssignmentRun run = new AssignmentRun(shape, lines, 1)) {
            AssignmentRun.Checked expected = new AssignmentRun.Checked(10_000, 4, true, true);
            assertThat(run.check(1)).isEqualTo(expected);
            assertThat(run.check(2)).isEqualTo(expected);
            assertThat(run.seconds(1)).isPositive();
        }
    }
}
