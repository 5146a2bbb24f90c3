package io.decant.ingest.deadletter;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/**
 * A record that is not delivered, and why. Batch, bucket and ordinal tell where it stood: a record has one letter of a
 * sink, however often it is refused.
 *
 * @param sink the sink that gave it up; empty: it fits no bucket, so it got to none
 * @param batch number of its batch, from 1
 * @param bucket from 0; {@link #NO_BUCKET} where it fits none
 * @param ordinal its place in the bucket, from 0, counting every record of the bucket; among those without a bucket
 *     where it has none
 * @param status of the answer that refused it; {@link #NO_STATUS} where none did
 * @param answer what the answer said; cut after {@link #ANSWER_BYTES_MAX} bytes of UTF-8, at a character
 * @param record its bytes, not copied: they must not be changed; of a record in a frame, its value
 * @param frame what it has beside its value; null: it is a line
 * @param source whose transforms it failed in, and goes through when it goes out again; empty: it goes out as it is
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by content below, and handed from thread to thread, not shared.
public record DeadLetter(
        String sink,
        long batch,
        int bucket,
        long ordinal,
        Reason reason,
        int status,
        String answer,
        byte[] record,
        LetterFrame frame,
        String source) {

    public static final int NO_BUCKET = -1;
    public static final int NO_STATUS = 0;
    /** So much of an answer is kept. */
    public static final int ANSWER_BYTES_MAX = 512;

    public DeadLetter {
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(record, "record");
        Objects.requireNonNull(source, "source");
        if (batch < 1 || ordinal < 0 || bucket < NO_BUCKET || status < 0 || sink.isEmpty() != (bucket == NO_BUCKET)) {
            throw new IllegalArgumentException("invalid letter: sink '" + sink + "', batch " + batch + ", bucket "
                    + bucket + ", ordinal " + ordinal + ", status " + status);
        }
        answer = firstBytes(answer);
    }

    /** One that goes out as it is. */
    public DeadLetter(
            String sink,
            long batch,
            int bucket,
            long ordinal,
            Reason reason,
            int status,
            String answer,
            byte[] record,
            LetterFrame frame) {
        this(sink, batch, bucket, ordinal, reason, status, answer, record, frame, "");
    }

    /** A record that fits no bucket. */
    public static DeadLetter withoutKey(long batch, long ordinal, byte[] record, LetterFrame frame) {
        return new DeadLetter("", batch, NO_BUCKET, ordinal, Reason.MISSING_KEY, NO_STATUS, "", record, frame);
    }

    /**
     * A record that makes its batch fail, and was set aside for {@code why}, which stands where others have an answer.
     */
    public static DeadLetter unprocessable(long batch, long ordinal, String why, byte[] record, LetterFrame frame) {
        return new DeadLetter("", batch, NO_BUCKET, ordinal, Reason.UNPROCESSABLE, NO_STATUS, why, record, frame);
    }

    /** A record that could not be transformed for {@code why}, which stands where others have an answer. */
    public static DeadLetter untransformed(
            String source, long batch, long ordinal, String why, byte[] record, LetterFrame frame) {
        return new DeadLetter(
                "", batch, NO_BUCKET, ordinal, Reason.TRANSFORM_FAILED, NO_STATUS, why, record, frame, source);
    }

    /**
     * Those that go out again in one stream: of a sink, of no sink (empty), or, behind a slash, those that go through
     * the transforms of a source before they go to every sink.
     */
    public String replayGroup() {
        return source.isEmpty() ? sink : "/" + source;
    }

    /** How many bytes it holds on to. */
    int bytes() {
        return record.length + (frame == null ? 0 : frame.bytes());
    }

    /** A half of a surrogate pair that stands alone, which no text should hold, becomes a question mark. */
    private static String firstBytes(String answer) {
        ByteBuffer bytes = ByteBuffer.allocate(ANSWER_BYTES_MAX);
        CharsetEncoder encoder = StandardCharsets.UTF_8
                .newEncoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .onUnmappableCharacter(CodingErrorAction.REPLACE);
        encoder.encode(CharBuffer.wrap(answer), bytes, true);
        return StandardCharsets.UTF_8.decode(bytes.flip()).toString();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DeadLetter that
                && sink.equals(that.sink)
                && batch == that.batch
                && bucket == that.bucket
                && ordinal == that.ordinal
                && reason == that.reason
                && status == that.status
                && answer.equals(that.answer)
                && Arrays.equals(record, that.record)
                && Objects.equals(frame, that.frame)
                && source.equals(that.source);
    }

    @Override
    public int hashCode() {
        return Objects.hash(sink, batch, bucket, ordinal);
    }

    @Override
    public String toString() {
        return "letter of sink '" + sink + "', batch " + batch + ", bucket " + bucket + ", ordinal " + ordinal + ", "
                + reason.word() + ", status " + status + ", " + record.length + " bytes";
    }
}
