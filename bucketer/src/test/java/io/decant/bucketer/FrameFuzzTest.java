package io.decant.bucketer;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.fuzz.FuzzBytes;
import io.decant.fuzz.FuzzTarget;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Whatever the bytes are: those that pass for frames are what the frames' parts are written as, a batch of them has as
 * many records as it says or is refused with a {@link ChunkMismatchException}, and a record with any key, headers and
 * value is read from its frame as it was written.
 */
class FrameFuzzTest extends FuzzTarget {

    @Override
    protected void check(byte[] input) {
        checkFrames(input);
        checkWritten(new FuzzBytes(input));
    }

    private static void checkFrames(byte[] input) {
        try (NativeBytes memory = NativeBytes.of(input)) {
            long limit = memory.address() + input.length;
            long count = Frame.count(memory.address(), input.length);
            long at = memory.address();
            for (long i = 0; i < count; i++) {
                int length = (int) Frame.lengthWithin(at, limit);
                byte[] frame = NativeBytes.read(at, length);
                ByteBuffer written = ByteBuffer.allocate(length);
                Frame.put(
                        written,
                        Frame.offset(at),
                        Frame.timestampMillis(at),
                        Frame.hasKey(at) ? NativeBytes.read(Frame.keyAddress(at), Frame.keyLength(at)) : null,
                        NativeBytes.read(Frame.headersAddress(at), Frame.headersLength(at)),
                        Frame.isTombstone(at) ? null : NativeBytes.read(Frame.valueAddress(at), Frame.valueLength(at)));
                assertThat(written.array()).isEqualTo(frame);
                assertThat(Frame.valueLength(frame)).isEqualTo(Frame.valueLength(at));
                at += length;
            }
            assertThat(Frame.lengthWithin(at, limit)).isNegative();
            checkBatch(input, count, at == limit);
        }
    }

    private static void checkBatch(byte[] input, long frames, boolean whole) {
        long before = Memory.allocatedBytes();
        int records = Math.max(1, (int) frames);
        if (input.length < records * Frame.HEADER_BYTES) {
            return;
        }
        try (TestBatch batch = new TestBatch()) {
            batch.add(input, input.length, records, 0, true);
            Keying keying = new Keying(KeySpec.of("v2 [\"kafka-key\",\"json:/a\"]"), MissingKey.RECORD, 1);
            try (Assignment assignment = new BucketAssigner(1, Runnable::run).assign(batch.chunks(), keying)) {
                assertThat(whole && records == frames).isTrue();
                long all = 0;
                for (int bucket = 0; bucket < assignment.buckets(); bucket++) {
                    all += assignment.records(bucket);
                }
                assertThat(all).isEqualTo(frames);
            } catch (ChunkMismatchException e) {
                assertThat(whole && records == frames).isFalse();
            }
        }
        assertThat(Memory.allocatedBytes()).isEqualTo(before);
    }

    private static void checkWritten(FuzzBytes bytes) {
        long offset = ByteBuffer.wrap(Arrays.copyOf(bytes.bytes(Long.BYTES), Long.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN)
                .getLong();
        String key = bytes.number(2) == 0 ? null : text(bytes.part());
        String value = bytes.number(2) == 0 ? null : text(bytes.part());
        Map<String, String> headers = new LinkedHashMap<>();
        int headerBytes = 0;
        while (!bytes.isEmpty() && headerBytes < 2048) {
            boolean hasValue = bytes.number(2) == 1;
            String name = text(bytes.part());
            String header = hasValue ? text(bytes.part()) : null;
            headers.put(name, header);
            headerBytes += name.length() + (header == null ? 0 : header.length()) + 8;
        }
        if (headerBytes > 3000) {
            return;
        }
        TestRecord record = new TestRecord(true, key, value, offset, ~offset, headers);
        try (NativeBytes frame = NativeBytes.of(record.bytes())) {
            assertThat(TestRecord.read(frame.address())).isEqualTo(record);
            assertThat(List.copyOf(TestRecord.read(frame.address()).headers().keySet()))
                    .isEqualTo(List.copyOf(headers.keySet()));
            assertThat(Frame.count(frame.address(), frame.length())).isEqualTo(1);
        }
    }
}
