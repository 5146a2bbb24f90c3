package io.decant.ingest.source.kafka;

import io.decant.bucketer.Frame;
import io.decant.bucketer.FrameHeaders;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * Writes records as {@link Frame}s, as many as make a block, straight from the broker's answer into one buffer. Belongs
 * to the thread that polls.
 */
final class FrameBlocks {

    /** A payload is no longer, unless it is one record alone. */
    static final int PAYLOAD_BYTES_MAX = 1 << 20;

    private final ByteBufAllocator buffers;
    private final int recordBytesMax;

    /** @param recordBytesMax bytes of the longest record: key, value and headers */
    FrameBlocks(ByteBufAllocator buffers, int recordBytesMax) {
        this.buffers = buffers;
        this.recordBytesMax = recordBytesMax;
    }

    /** Takes what becomes a block. */
    interface Output {
        /**
         * @param payload now the output's
         * @param resumeOffset where to continue behind it
         */
        void frames(ByteBuf payload, int records, long resumeOffset);
    }

    /**
     * Writes records of one partition.
     *
     * @param next the offset behind all of them: control records make it more than the last one's and one
     * @return the first record that is too long; null where all were written. None is from there on
     */
    ConsumerRecord<ByteBuffer, ByteBuffer> write(
            List<ConsumerRecord<ByteBuffer, ByteBuffer>> records, long next, Output output) {
        int from = 0;
        while (from < records.size()) {
            int to = from;
            long bytes = 0;
            while (to < records.size()) {
                long length = frameBytes(records.get(to));
                if (length - Frame.HEADER_BYTES > recordBytesMax || (to > from && bytes + length > PAYLOAD_BYTES_MAX)) {
                    break;
                }
                bytes += length;
                to++;
            }
            if (to == from) {
                return records.get(from);
            }
            ByteBuf payload = buffers.directBuffer((int) bytes, (int) bytes);
            for (int i = from; i < to; i++) {
                write(records.get(i), payload);
            }
            boolean last = to == records.size();
            output.frames(payload, to - from, last ? next : records.get(to - 1).offset() + 1);
            from = to;
        }
        return null;
    }

    /** Bytes of key, value and headers together. */
    static long bytes(ConsumerRecord<ByteBuffer, ByteBuffer> record) {
        return frameBytes(record) - Frame.HEADER_BYTES;
    }

    private static long frameBytes(ConsumerRecord<ByteBuffer, ByteBuffer> record) {
        return Frame.bytes(length(record.key()), 0, length(record.value())) + headersBytes(record.headers());
    }

    private static int length(ByteBuffer bytes) {
        return bytes == null ? Frame.ABSENT : bytes.remaining();
    }

    private static long headersBytes(Headers headers) {
        long bytes = 0;
        int count = 0;
        boolean isWide = false;
        for (Header header : headers) {
            int name = ByteBufUtil.utf8Bytes(header.key());
            isWide |= name > FrameHeaders.NAME_BYTES_MAX;
            bytes += name + Integer.BYTES + (header.value() == null ? 0 : header.value().length);
            count++;
        }
        int nameLength = isWide ? Integer.BYTES : Short.BYTES;
        return count == 0 ? 0 : Integer.BYTES + bytes + (long) count * nameLength;
    }

    /** Whether a name is so long that the lengths of all stand in four bytes. */
    private static boolean isWide(Headers headers) {
        for (Header header : headers) {
            if (ByteBufUtil.utf8Bytes(header.key()) > FrameHeaders.NAME_BYTES_MAX) {
                return true;
            }
        }
        return false;
    }

    private static void write(ConsumerRecord<ByteBuffer, ByteBuffer> record, ByteBuf payload) {
        int headers = (int) headersBytes(record.headers());
        int key = length(record.key());
        int value = length(record.value());
        payload.writeIntLE((int) Frame.bytes(key, headers, value))
                .writeLongLE(record.offset())
                .writeLongLE(record.timestamp())
                .writeIntLE(key)
                .writeIntLE(headers)
                .writeIntLE(value);
        if (key > 0) {
            payload.writeBytes(record.key().duplicate());
        }
        if (headers > 0) {
            write(record.headers(), payload);
        }
        if (value > 0) {
            payload.writeBytes(record.value().duplicate());
        }
    }

    private static void write(Headers headers, ByteBuf payload) {
        int countAt = payload.writerIndex();
        payload.writeIntLE(0);
        boolean isWide = isWide(headers);
        int count = 0;
        for (Header header : headers) {
            count++;
            int nameAt = payload.writerIndex();
            payload.writeZero(isWide ? Integer.BYTES : Short.BYTES);
            // Without its own length a name would want room for three bytes a character.
            int name = ByteBufUtil.reserveAndWriteUtf8(payload, header.key(), ByteBufUtil.utf8Bytes(header.key()));
            if (isWide) {
                payload.setIntLE(nameAt, name);
            } else {
                payload.setShortLE(nameAt, name);
            }
            byte[] value = header.value();
            payload.writeIntLE(value == null ? Frame.ABSENT : value.length);
            if (value != null) {
                payload.writeBytes(value);
            }
        }
        payload.setIntLE(countAt, isWide ? count | FrameHeaders.WIDE : count);
    }
}
