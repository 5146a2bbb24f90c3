package io.decant.ingest.source.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.fuzz.FuzzBytes;
import io.decant.fuzz.FuzzTarget;
import io.decant.ingest.source.UnfinishedBudget;
import io.decant.ingest.source.UnfinishedLine;
import io.decant.ingest.source.tcp.LineFramer.Result;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;

/**
 * Whatever comes over a connection, in whatever reads: the framer hands on exactly the whole lines before the first one
 * that is too long, says which of them it is, holds no more than the unfinished line, and gives all memory back.
 *
 * <p>The input is the longest record, the length of reads, whether the connection is ended, and what comes over it.
 */
class LineFramerFuzzTest extends FuzzTarget {

    private static final int BLOCK_BYTES_MAX = 64;

    @Override
    protected void check(byte[] input) {
        FuzzBytes bytes = new FuzzBytes(input);
        int maxRecord = 1 + bytes.number(80);
        int readBytes = 1 + bytes.number(BLOCK_BYTES_MAX);
        boolean isEnded = bytes.number(2) == 1;
        byte[] sent = bytes.rest();
        UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true, true);
        UnfinishedBudget budget = new UnfinishedBudget(1 << 20, 1);
        UnfinishedLine unfinished = new UnfinishedLine(budget, () -> {
            throw new AssertionError("there is room");
        });
        LineFramer framer = new LineFramer(maxRecord, BLOCK_BYTES_MAX, unfinished, allocator);
        StringBuilder framed = new StringBuilder();
        LineFramer.Output output = (payload, records) -> {
            byte[] lines = new byte[payload.readableBytes()];
            payload.readBytes(lines);
            payload.release();
            assertThat(text(lines)).endsWith("\n");
            assertThat(text(lines).chars().filter(c -> c == '\n').count()).isEqualTo(records);
            assertThat(lines.length <= BLOCK_BYTES_MAX || records == 1).isTrue();
            framed.append(text(lines));
        };
        Result result = Result.TAKEN;
        int at = 0;
        while (at < sent.length && result == Result.TAKEN) {
            int length = Math.min(readBytes, sent.length - at);
            ByteBuf read = allocator.directBuffer(length + 8).writeInt(7).skipBytes(4);
            result = framer.take(read.writeBytes(sent, at, length), output);
            at += length;
            assertThat(framer.carried()).isLessThanOrEqualTo(maxRecord);
        }
        compare(text(sent), maxRecord, result, isEnded, framer, output, framed);
        assertThat(budget.used()).isZero();
        assertThat(allocator.metric().usedDirectMemory()).isZero();
    }

    private static void compare(
            String sent,
            int maxRecord,
            Result result,
            boolean isEnded,
            LineFramer framer,
            LineFramer.Output output,
            StringBuilder framed) {
        StringBuilder expected = new StringBuilder();
        boolean tooLong = false;
        int start = 0;
        for (int newline = sent.indexOf('\n'); newline >= 0 && !tooLong; newline = sent.indexOf('\n', start)) {
            tooLong = newline - start > maxRecord;
            if (!tooLong) {
                expected.append(sent, start, newline + 1);
                start = newline + 1;
            }
        }
        tooLong |= sent.length() - start > maxRecord;
        assertThat(result).isEqualTo(tooLong ? Result.RECORD_TOO_LONG : Result.TAKEN);
        if (isEnded && !tooLong) {
            framer.finish(output);
            if (start < sent.length()) {
                expected.append(sent, start, sent.length()).append('\n');
            }
        } else {
            framer.drop();
        }
        assertThat(framed).hasToString(expected.toString());
    }
}
