package io.decant.ingest.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.fuzz.FuzzBytes;
import io.decant.fuzz.FuzzTarget;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/**
 * Whatever stands in an entry behind its checksum: what can be read is the same when it is written and read again, in
 * as many bytes as were counted; what cannot is one of the exceptions that recovery knows, and costs no more memory
 * than there are bytes.
 *
 * <p>The input is a number that says what kind of entry the rest of it is.
 */
class EntryCodecFuzzTest extends FuzzTarget {

    @Override
    protected void check(byte[] input) {
        FuzzBytes bytes = new FuzzBytes(input);
        int kind = bytes.number(8);
        ByteBuffer body = ByteBuffer.wrap(bytes.rest()).order(ByteOrder.LITTLE_ENDIAN);
        try {
            switch (kind) {
                case 0 -> check(body, EntryCodec::getMark, EntryCodec::encodedBytes, EntryCodec::putMark);
                case 1 -> check(body, ShapeCodec::get, ShapeCodec::encodedBytes, ShapeCodec::put);
                case 2 ->
                    check(body, Exclusion::get, Exclusion::encodedBytes, (target, exclusion) -> exclusion.put(target));
                case 3 -> check(body, ImportPlan::get, ImportPlan::encodedBytes, (target, plan) -> plan.put(target));
                case 4 -> check(body, ImportDone::get, ImportDone::encodedBytes, (target, done) -> done.put(target));
                case 5 -> checkCheckpoint(body, EntryCodec.FORMAT_FIRST);
                case 6 -> checkCheckpoint(body, EntryCodec.FORMAT);
                default -> checkBlocks(body);
            }
        } catch (BufferUnderflowException | IllegalArgumentException | IllegalStateException | JournalException e) {
            assertThat(e.getStackTrace()).isNotEmpty();
        }
    }

    private static <T> void check(
            ByteBuffer body, Function<ByteBuffer, T> get, ToIntFunction<T> length, BiConsumer<ByteBuffer, T> put) {
        T read = get.apply(body);
        ByteBuffer written =
                ByteBuffer.allocate(length.applyAsInt(read) + Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        put.accept(written, read);
        assertThat(written.position()).isEqualTo(length.applyAsInt(read));
        assertThat(get.apply(written.flip())).isEqualTo(read);
    }

    private static void checkCheckpoint(ByteBuffer body, int format) {
        CheckpointCodec.Checkpoint read = CheckpointCodec.decode(body, format);
        ByteBuffer written = CheckpointCodec.encode(read.state(), read.segment(), read.base());
        int newFormat = CheckpointCodec.format(read.state());
        CheckpointCodec.Checkpoint again =
                CheckpointCodec.decode(written.duplicate().order(written.order()), newFormat);
        assertThat(again.segment()).isEqualTo(read.segment());
        assertThat(again.base()).isEqualTo(read.base());
        assertThat(CheckpointCodec.encode(again.state(), read.segment(), read.base()))
                .isEqualTo(written);
    }

    private static void checkBlocks(ByteBuffer body) {
        int before = body.position();
        BlockHeader header = BlockHeader.get(body);
        assertThat(header.payloadBytes()).isNotNegative();
        assertThat(header.payload()).isGreaterThan(before);
        assertThat(body.position()).isEqualTo(header.payload() + header.payloadBytes());
    }
}
