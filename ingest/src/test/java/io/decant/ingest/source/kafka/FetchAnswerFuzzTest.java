package io.decant.ingest.source.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.fuzz.FuzzBytes;
import io.decant.fuzz.FuzzTarget;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLException;

/**
 * Whatever a broker answers, in whatever pieces: it passes as it is but for the last byte of a batch that is named as
 * refused, or the connection ends with an {@link SSLException}; what the pieces are makes no difference; and no memory
 * is kept.
 *
 * <p>The input is the version of the answer, the length of pieces, whether all is looked into, and what comes.
 */
class FetchAnswerFuzzTest extends FuzzTarget {

    private static final int RECORD_BYTES_MAX = 64;

    @Override
    protected void check(byte[] input) {
        FuzzBytes bytes = new FuzzBytes(input);
        short version = (short) (FetchAnswer.VERSION_MIN - 1 + bytes.number(17));
        int length = 1 + bytes.number(64);
        long waryBytes = bytes.number(2) * 1_000L;
        byte[] answer = bytes.rest();
        byte[] whole = passed(version, waryBytes, answer, Math.max(1, answer.length));
        assertThat(passed(version, waryBytes, answer, length)).isEqualTo(whole);
        if (whole != null) {
            int changed = 0;
            for (int i = 0; i < answer.length; i++) {
                assertThat(whole[i] == answer[i] || whole[i] == (byte) ~answer[i])
                        .isTrue();
                changed += whole[i] == answer[i] ? 0 : 1;
            }
            assertThat(changed).isLessThanOrEqualTo(answer.length / 61);
        }
        checkConnection(answer, length);
    }

    /** Null where the connection ended. */
    private static byte[] passed(short version, long waryBytes, byte[] answer, int length) {
        FrameGuard guard = new FrameGuard(1 << 20, RECORD_BYTES_MAX, 20, waryBytes);
        UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true, true);
        FetchAnswer fetched = new FetchAnswer(guard, "broker:9092", version, allocator);
        byte[] seen = answer.clone();
        try {
            for (int at = 0; at < answer.length; at += length) {
                fetched.received(ByteBuffer.wrap(seen), at, Math.min(answer.length, at + length));
            }
            return seen;
        } catch (SSLException e) {
            assertThat(e.getMessage()).startsWith("broker:9092 ");
            return null;
        } finally {
            fetched.release();
            assertThat(allocator.metric().usedDirectMemory()).isZero();
        }
    }

    /** Any bytes on a connection, behind requests of the two kinds whose answers are looked into. */
    private static void checkConnection(byte[] came, int length) {
        FrameGuard guard = new FrameGuard(1 << 20, RECORD_BYTES_MAX, 20, 0);
        FrameWatch watch = new FrameWatch(guard, "broker", 9092);
        for (short[] request : List.of(new short[] {3, 9}, new short[] {1, 12}, new short[] {3, 1})) {
            ByteBuffer sent =
                    ByteBuffer.allocate(12).putInt(8).putShort(request[0]).putShort(request[1]);
            watch.sent(sent.putInt(7), 0, 12);
        }
        byte[] answers = Arrays.copyOf(came, came.length);
        try {
            for (int at = 0; at < answers.length; at += length) {
                watch.received(ByteBuffer.wrap(answers), at, Math.min(answers.length, at + length));
            }
        } catch (SSLException e) {
            assertThat(e.getMessage()).startsWith("broker:9092 ");
        } finally {
            watch.close();
        }
    }
}
