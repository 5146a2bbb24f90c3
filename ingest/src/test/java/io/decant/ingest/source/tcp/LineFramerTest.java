package io.decant.ingest.source.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.ingest.source.UnfinishedBudget;
import io.decant.ingest.source.UnfinishedLine;
import io.decant.ingest.source.tcp.LineFramer.Result;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledUnsafeDirectByteBuf;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class LineFramerTest {

    private static final int BUDGET_BYTES = 1 << 26;

    /** Any bytes, rich in newlines. */
    @Provide
    Arbitrary<byte[]> input() {
        return Arbitraries.frequencyOf(
                        Tuple.of(1, Arbitraries.just((byte) '\n')),
                        Tuple.of(1, Arbitraries.just((byte) '\r')),
                        Tuple.of(4, Arbitraries.bytes()))
                .array(byte[].class)
                .ofMaxSize(300);
    }

    @Property
    void shouldFrameTheSameRecordsHoweverTheBytesAreCut(
            @ForAll("input") byte[] input,
            @ForAll @Size(max = 20) List<@IntRange(max = 300) Integer> cuts,
            @ForAll boolean ends) {
        Harness harness = new Harness(1_000, 64, BUDGET_BYTES);
        for (byte[] chunk : chunks(input, cuts, 64)) {
            assertThat(harness.take(chunk)).isEqualTo(Result.TAKEN);
        }
        int complete = lastLineEnd(input);
        assertThat(harness.framer.carried()).isEqualTo(input.length - complete);
        assertThat(harness.budget.used()).isEqualTo(input.length - complete);
        if (ends) {
            harness.framer.finish(harness);
        } else {
            harness.framer.drop();
        }
        boolean lastIsRecord = ends && complete < input.length;
        byte[] expected = Arrays.copyOf(input, lastIsRecord ? input.length + 1 : complete);
        if (lastIsRecord) {
            expected[input.length] = '\n';
        }
        assertThat(harness.bytes.toByteArray()).isEqualTo(expected);
        assertThat(harness.records).isEqualTo(newlines(expected));
        harness.assertNothingIsHeld();
    }

    @Property
    void shouldRefuseExactlyTheFirstRecordOverTheLimit(
            @ForAll("input") byte[] input,
            @ForAll @Size(max = 20) List<@IntRange(max = 300) Integer> cuts,
            @ForAll @IntRange(min = 1, max = 40) int maxRecord) {
        Harness harness = new Harness(maxRecord, 64, BUDGET_BYTES);
        Result result = Result.TAKEN;
        for (byte[] chunk : chunks(input, cuts, 64)) {
            if (result == Result.TAKEN) {
                result = harness.take(chunk);
            }
        }
        int good = 0;
        boolean tooLong = false;
        for (int start = 0, at = 0; at < input.length && !tooLong; at++) {
            if (input[at] == '\n') {
                start = at + 1;
                good = start;
            } else {
                tooLong = at + 1 - start > maxRecord;
            }
        }
        assertThat(result).isEqualTo(tooLong ? Result.RECORD_TOO_LONG : Result.TAKEN);
        assertThat(harness.bytes.toByteArray()).isEqualTo(Arrays.copyOf(input, good));
        harness.framer.drop();
        harness.assertNothingIsHeld();
    }

    @Test
    void shouldPassARecordOfExactlyTheLimitAndRefuseOneByteMore() {
        Harness exact = new Harness(16, 1 << 20, BUDGET_BYTES);
        assertThat(exact.take("0123456789abcdef\n\n0123456789abcdef\n")).isEqualTo(Result.TAKEN);
        assertThat(exact.records).isEqualTo(3);

        Harness over = new Harness(16, 1 << 20, BUDGET_BYTES);
        assertThat(over.take("good\n0123456789abcdefg\nlost\n")).isEqualTo(Result.RECORD_TOO_LONG);
        assertThat(over.text()).isEqualTo("good\n");
        over.assertNothingIsHeld();
    }

    @Test
    void shouldHoldTheLimitAcrossReads() {
        Harness exact = new Harness(16, 1 << 20, BUDGET_BYTES);
        assertThat(exact.take("a\n01234567")).isEqualTo(Result.TAKEN);
        assertThat(exact.take("89abcdef")).isEqualTo(Result.TAKEN);
        assertThat(exact.take("\n")).isEqualTo(Result.TAKEN);
        assertThat(exact.text()).isEqualTo("a\n0123456789abcdef\n");

        Harness over = new Harness(16, 1 << 20, BUDGET_BYTES);
        assertThat(over.take("a\n01234567")).isEqualTo(Result.TAKEN);
        assertThat(over.take("89abcdefg")).isEqualTo(Result.RECORD_TOO_LONG);
        assertThat(over.text()).isEqualTo("a\n");

        Harness withNewline = new Harness(16, 1 << 20, BUDGET_BYTES);
        assertThat(withNewline.take("0")).isEqualTo(Result.TAKEN);
        assertThat(withNewline.take("123456789abcdefg\n")).isEqualTo(Result.RECORD_TOO_LONG);
        assertThat(withNewline.records).isZero();
        withNewline.assertNothingIsHeld();
    }

    @Test
    void shouldPassOnTheReadItselfWhenItEndsWithALine() {
        Harness harness = new Harness(100, 1 << 20, BUDGET_BYTES);
        ByteBuf read = harness.read("one\ntwo\n".getBytes(StandardCharsets.ISO_8859_1));
        List<ByteBuf> payloads = new ArrayList<>();
        harness.framer.take(read, (payload, records) -> payloads.add(payload));
        assertThat(payloads).hasSize(1);
        assertThat(payloads.get(0)).isSameAs(read);
        assertThat(read.release()).isTrue();
    }

    @Test
    void shouldMakeNoBlockLargerThanTheBoundUnlessItIsOneRecord() {
        Harness harness = new Harness(1_000, 64, BUDGET_BYTES);
        harness.take("x".repeat(60));
        harness.take("x".repeat(10) + "\n" + "y\n".repeat(20));
        assertThat(harness.sizes).containsExactly(71, 40);
        assertThat(harness.records).isEqualTo(21);
        harness.assertNothingIsHeld();
    }

    @Test
    void shouldRefuseAnUnfinishedLineOverTheBudgetAndKeepWhatCameBefore() {
        Harness harness = new Harness(1_000, 1 << 20, 8);
        assertThat(harness.take("one\n12345678")).isEqualTo(Result.TAKEN);
        assertThat(harness.take("9")).isEqualTo(Result.BUDGET_EXCEEDED);
        assertThat(harness.text()).isEqualTo("one\n");
        harness.assertNothingIsHeld();

        Harness atOnce = new Harness(1_000, 1 << 20, 8);
        assertThat(atOnce.take("one\n123456789")).isEqualTo(Result.BUDGET_EXCEEDED);
        assertThat(atOnce.text()).isEqualTo("one\n");
        atOnce.assertNothingIsHeld();
    }

    @Test
    void shouldCopyALongLineOverManyReadsAFewTimesAtMost() {
        CountingAllocator allocator = new CountingAllocator();
        int maxRecord = 32 << 20;
        LineFramer framer = new LineFramer(maxRecord, line(new UnfinishedBudget(1L << 30, 1)), allocator);
        byte[] chunk = new byte[4 << 10];
        for (int sent = 0; sent < maxRecord; sent += chunk.length) {
            framer.take(allocator.unpooled.directBuffer(chunk.length).writeBytes(chunk), (payload, records) -> {});
        }
        assertThat(framer.carried()).isEqualTo(maxRecord);
        framer.drop();
        // Doubling from 4 KiB to 32 MiB reallocates 13 times; steps of 4 MiB or less would go beyond this soon.
        assertThat(allocator.bytesAllocated).isLessThan(4L * maxRecord);
    }

    @Test
    void shouldKeepNothingReservedWhereThereIsNoMemoryForAnUnfinishedLine() {
        CountingAllocator allocator = new CountingAllocator();
        UnfinishedBudget budget = new UnfinishedBudget(BUDGET_BYTES, 1);
        for (String second : List.of("y".repeat(400), "y\n" + "z".repeat(400))) {
            LineFramer framer = new LineFramer(1_000, line(budget), allocator);
            List<String> lines = new ArrayList<>();
            framer.take(buffer(allocator, "x".repeat(300)), (payload, records) -> lines.add("passed on"));
            ByteBuf read = buffer(allocator, second);
            allocator.exhausted = true;
            assertThatThrownBy(() -> framer.take(read, (payload, records) -> lines.add("passed on")))
                    .isInstanceOf(OutOfMemoryError.class);
            allocator.exhausted = false;
            assertThat(read.refCnt()).isZero();
            assertThat(lines).isEmpty();
            assertThat(framer.carried()).isZero();
            assertThat(budget.used()).isZero();
        }
        LineFramer full = new LineFramer(1_000, line(budget), allocator);
        full.take(buffer(allocator, "x".repeat(256)), (payload, records) -> {});
        allocator.exhausted = true;
        assertThatThrownBy(() -> full.finish((payload, records) -> {})).isInstanceOf(OutOfMemoryError.class);
        full.drop();
        assertThat(budget.used()).isZero();
        assertThat(allocator.carried).allMatch(buffer -> buffer.refCnt() == 0);
    }

    private static UnfinishedLine line(UnfinishedBudget budget) {
        return new UnfinishedLine(budget, () -> {
            throw new AssertionError("no other line asks for room");
        });
    }

    private static ByteBuf buffer(CountingAllocator allocator, String content) {
        return allocator
                .unpooled
                .directBuffer(content.length())
                .writeBytes(content.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static List<byte[]> chunks(byte[] input, List<Integer> cuts, int sizeMax) {
        List<Integer> at = new ArrayList<>(
                cuts.stream().map(cut -> Math.min(cut, input.length)).toList());
        for (int i = 0; i <= input.length; i += sizeMax) {
            at.add(i);
        }
        at.add(input.length);
        at.sort(null);
        List<byte[]> chunks = new ArrayList<>();
        for (int i = 1; i < at.size(); i++) {
            chunks.add(Arrays.copyOfRange(input, at.get(i - 1), at.get(i)));
        }
        return chunks;
    }

    private static int lastLineEnd(byte[] input) {
        int end = input.length;
        while (end > 0 && input[end - 1] != '\n') {
            end--;
        }
        return end;
    }

    private static int newlines(byte[] bytes) {
        int count = 0;
        for (byte b : bytes) {
            count += b == '\n' ? 1 : 0;
        }
        return count;
    }

    /** A framer, and what it passed on. */
    private static final class Harness implements LineFramer.Output {

        final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true, true);
        final UnfinishedBudget budget;
        final LineFramer framer;
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        final List<Integer> sizes = new ArrayList<>();
        final int blockBytesMax;
        int records;

        Harness(int maxRecord, int blockBytesMax, long budgetBytes) {
            this.blockBytesMax = blockBytesMax;
            budget = new UnfinishedBudget(budgetBytes, 1);
            framer = new LineFramer(maxRecord, blockBytesMax, line(budget), allocator);
        }

        Result take(String read) {
            return take(read.getBytes(StandardCharsets.ISO_8859_1));
        }

        Result take(byte[] read) {
            return framer.take(read(read), this);
        }

        ByteBuf read(byte[] content) {
            // A reader index that is not 0 shows whether all offsets are relative to it.
            return allocator
                    .directBuffer(content.length + 8)
                    .writeInt(7)
                    .writeBytes(content)
                    .skipBytes(4);
        }

        @Override
        public void lines(ByteBuf payload, int count) {
            byte[] lines = new byte[payload.readableBytes()];
            payload.readBytes(lines);
            payload.release();
            assertThat(newlines(lines)).isEqualTo(count).isPositive();
            assertThat(lines[lines.length - 1]).isEqualTo((byte) '\n');
            assertThat(lines.length <= blockBytesMax || count == 1).isTrue();
            sizes.add(lines.length);
            bytes.writeBytes(lines);
            records += count;
        }

        String text() {
            return bytes.toString(StandardCharsets.ISO_8859_1);
        }

        void assertNothingIsHeld() {
            assertThat(budget.used()).isZero();
            assertThat(allocator.metric().usedDirectMemory()).isZero();
        }
    }

    /** Counts what is allocated, growth included. */
    private static final class CountingAllocator extends AbstractByteBufAllocator {

        final UnpooledByteBufAllocator unpooled = new UnpooledByteBufAllocator(true, true);
        final List<ByteBuf> carried = new ArrayList<>();
        long bytesAllocated;
        boolean exhausted;

        @Override
        protected ByteBuf newHeapBuffer(int initial, int max) {
            throw new UnsupportedOperationException("direct memory is asked for");
        }

        @Override
        protected ByteBuf newDirectBuffer(int initial, int max) {
            ByteBufAllocator self = this;
            requireMemory();
            bytesAllocated += initial;
            ByteBuf buffer = new UnpooledUnsafeDirectByteBuf(self, initial, max) {
                @Override
                public ByteBuf capacity(int capacity) {
                    requireMemory();
                    bytesAllocated += capacity;
                    return super.capacity(capacity);
                }
            };
            carried.add(buffer);
            return buffer;
        }

        private void requireMemory() {
            if (exhausted) {
                throw new OutOfMemoryError("the test's allocator has none");
            }
        }

        @Override
        public boolean isDirectBufferPooled() {
            return false;
        }
    }
}
