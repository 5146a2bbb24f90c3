package io.decant.ingest.source.kafka;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.UUID;
import javax.net.ssl.SSLException;
import org.apache.kafka.common.utils.ByteUtils;

/**
 * Follows one answer to a request for records as it passes, up to its batches, and looks into those that are
 * compressed: Kafka's client would unpack a record whatever memory that takes. A batch that does not fit is made
 * unreadable before the client has all of it: its last byte is changed, so that its checksum is wrong. The client then
 * refuses that batch by name, and nothing else.
 *
 * <p>A batch of an older format has no checksum that the client looks at in time, so there the connection ends.
 *
 * <p>Only a batch that is compressed is kept until its end; of anything else only the fields before it are read. Where
 * there is no memory to keep it, the connection ends, and the client asks again. What is not understood passes as it
 * is. Belongs to the client's thread.
 */
final class FetchAnswer {

    /** The answers that are known here; the client asks for no other one. */
    static final short VERSION_MIN = 4;

    static final short VERSION_MAX = 18;

    private static final short WITH_START_OFFSET = 5;
    private static final short WITH_SESSION = 7;
    private static final short WITH_REPLICA = 11;
    private static final short COMPACT = 12;
    private static final short WITH_TOPIC_ID = 13;

    /** Offset, length, checksum or epoch, format and attributes of a batch of any format. */
    private static final int BATCH_HEAD_BYTES_MIN = 18;
    /** Offset and length, which its length does not count. */
    private static final int BATCH_LENGTH_END = 12;

    private static final int BATCH_LENGTH_AT = 8;
    private static final int BATCH_FORMAT_AT = 16;
    private static final int OLD_ATTRIBUTES_AT = 17;
    private static final int BATCH_ATTRIBUTES_AT = 22;
    private static final int BATCH_LAST_AT = 23;
    private static final int BATCH_COUNT_AT = 57;
    private static final int BATCH_HEAD_BYTES = 61;
    private static final int CODEC_MASK = 7;

    private static final int ABORTED_BYTES = 16;
    private static final int FIELDS_BYTES_MIN = 128;
    /** Fields between two batches; a partition's open transactions are among them. */
    private static final int FIELDS_BYTES_MAX = 1 << 20;

    private enum Step {
        HEAD,
        TOPIC,
        PARTITION,
        BATCH_HEAD,
        BATCH_BODY,
        AFTER_RECORDS,
        /** All of it is read, or something is not understood. */
        PASS
    }

    private final FrameGuard guard;
    private final ByteBufAllocator buffers;
    private final String address;
    private final short version;
    private final boolean isCompact;
    private final HeadersOnly headers = new HeadersOnly();

    private Step step;
    /** Bytes of the fields that come next, as far as they are here. */
    private byte[] fields = new byte[FIELDS_BYTES_MIN];

    private int fieldsBytes;
    private int wanted = FIELDS_BYTES_MIN;
    private long skipping;

    private int topicsLeft;
    private int partitionsLeft;
    private String topic = "";
    private int partition;
    private long recordsLeft;
    /** Whether the next batch is the partition's first in this answer. */
    private boolean isFirst;

    private PackedBatch batch;
    /** Whether it is looked into whatever it says of itself. */
    private boolean isWary;

    private int bodyLeft;
    /** Null where no batch is kept. */
    private ByteBuf body;

    FetchAnswer(FrameGuard guard, String address, short version) {
        this(guard, address, version, PooledByteBufAllocator.DEFAULT);
    }

    /** The same with an allocator in which a test may let memory run out. */
    FetchAnswer(FrameGuard guard, String address, short version, ByteBufAllocator buffers) {
        this.buffers = buffers;
        this.guard = guard;
        this.address = address;
        this.version = version;
        this.isCompact = version >= COMPACT;
        this.step = version >= VERSION_MIN && version <= VERSION_MAX ? Step.HEAD : Step.PASS;
    }

    /**
     * These bytes of it came, and the client has not seen them. May change the last one of a batch.
     *
     * @throws SSLException where the connection must end
     */
    void received(ByteBuffer bytes, int from, int to) throws SSLException {
        try {
            int at = from;
            while (at < to && step != Step.PASS) {
                at = advance(bytes, at, to);
            }
        } catch (RuntimeException e) {
            // No such answer is known: the client says what it makes of it.
            release();
        } catch (OutOfMemoryError e) {
            // Of direct memory, which others may give back: without the heap the JVM ends. The client must not have
            // what was not checked, so it fetches it once more.
            release();
            guard.noMemory(address, bodyLeft);
            throw new SSLException(address + " sent a batch that there is no memory to check", e);
        } catch (VirtualMachineError e) {
            throw e;
        } catch (Error e) {
            // Snappy's own where it cannot unpack: like any batch that is not understood.
            release();
        }
    }

    /** No more of it comes. */
    void release() {
        step = Step.PASS;
        if (body != null) {
            body.release();
            body = null;
        }
    }

    private int advance(ByteBuffer bytes, int at, int to) throws SSLException {
        if (skipping > 0) {
            int skipped = (int) Math.min(skipping, to - at);
            skipping -= skipped;
            return at + skipped;
        }
        if (step == Step.BATCH_BODY) {
            return keep(bytes, at, to);
        }
        int before = fieldsBytes;
        int count = Math.min(wanted - fieldsBytes, to - at);
        if (fields.length < wanted) {
            fields = Arrays.copyOf(fields, wanted);
        }
        bytes.get(at, fields, fieldsBytes, count);
        fieldsBytes += count;
        ByteBuffer read = ByteBuffer.wrap(fields, 0, fieldsBytes);
        try {
            read(read);
        } catch (BufferUnderflowException e) {
            if (fieldsBytes == wanted) {
                wanted *= 2;
                if (wanted > FIELDS_BYTES_MAX) {
                    throw new IllegalArgumentException("fields without an end", e);
                }
            }
            return at + count;
        }
        // What is behind these fields is looked at as what it is. None of it was there before.
        int used = read.position() - before;
        fieldsBytes = 0;
        wanted = FIELDS_BYTES_MIN;
        return at + used;
    }

    /** Takes the next fields, or as if none of them had been there: throws where one is not here yet. */
    private void read(ByteBuffer read) {
        switch (step) {
            case HEAD -> {
                WireFields.skipTags(read, isCompact);
                read.getInt();
                if (version >= WITH_SESSION) {
                    read.getShort();
                    read.getInt();
                }
                topicsLeft = WireFields.count(read, isCompact);
                step = topicsLeft > 0 ? Step.TOPIC : Step.PASS;
            }
            case TOPIC -> {
                String name = version >= WITH_TOPIC_ID
                        ? new UUID(read.getLong(), read.getLong()).toString()
                        : WireFields.text(read, isCompact);
                partitionsLeft = WireFields.count(read, isCompact);
                topic = name;
                topicsLeft--;
                if (partitionsLeft > 0) {
                    step = Step.PARTITION;
                } else {
                    // Tags of a topic without partitions would stand here; no broker sends one.
                    throw new IllegalArgumentException("a topic without partitions");
                }
            }
            case PARTITION -> readPartition(read);
            case BATCH_HEAD -> readBatchHead(read);
            case AFTER_RECORDS -> {
                WireFields.skipTags(read, isCompact);
                if (partitionsLeft == 0) {
                    WireFields.skipTags(read, isCompact);
                }
                step = partitionsLeft > 0 ? Step.PARTITION : topicsLeft > 0 ? Step.TOPIC : Step.PASS;
            }
            case BATCH_BODY, PASS -> throw new IllegalStateException("no fields are read: " + step);
        }
    }

    private void readPartition(ByteBuffer read) {
        int number = read.getInt();
        read.getShort();
        read.getLong();
        read.getLong();
        if (version >= WITH_START_OFFSET) {
            read.getLong();
        }
        for (int left = WireFields.count(read, isCompact); left > 0; left--) {
            WireFields.skip(read, ABORTED_BYTES);
            WireFields.skipTags(read, isCompact);
        }
        if (version >= WITH_REPLICA) {
            read.getInt();
        }
        recordsLeft = Math.max(0, isCompact ? ByteUtils.readUnsignedVarint(read) - 1L : read.getInt());
        partition = number;
        isFirst = true;
        partitionsLeft--;
        behindBatch();
    }

    /** What comes behind a batch, or behind what is before the first. */
    private void behindBatch() {
        if (recordsLeft >= BATCH_HEAD_BYTES_MIN) {
            step = Step.BATCH_HEAD;
        } else {
            // Brokers cut the last batch off where an answer is full.
            skipping += recordsLeft;
            recordsLeft = 0;
            step = Step.AFTER_RECORDS;
            if (!isCompact) {
                // Nothing stands there.
                step = partitionsLeft > 0 ? Step.PARTITION : topicsLeft > 0 ? Step.TOPIC : Step.PASS;
            }
        }
    }

    private void readBatchHead(ByteBuffer read) {
        require(read, BATCH_HEAD_BYTES_MIN);
        long offset = read.getLong(0);
        if (isFirst) {
            isFirst = false;
            guard.answered(topic, partition, offset);
        }
        long length = read.getInt(BATCH_LENGTH_AT) + (long) BATCH_LENGTH_END;
        byte format = read.get(BATCH_FORMAT_AT);
        boolean isStreamed = format >= PackedBatch.STREAMED_FORMAT;
        int headBytes = isStreamed ? BATCH_HEAD_BYTES : BATCH_HEAD_BYTES_MIN + oldFieldsBytes(format);
        if (length < BATCH_HEAD_BYTES_MIN) {
            throw new IllegalArgumentException("a batch that is shorter than its head");
        }
        if (length > recordsLeft || length <= headBytes) {
            // It is cut off, or has no records.
            skipBatch(read, Math.min(length, recordsLeft));
            return;
        }
        require(read, headBytes);
        int codec = read.get(isStreamed ? BATCH_ATTRIBUTES_AT : OLD_ATTRIBUTES_AT) & CODEC_MASK;
        // The batch of an older format is the value of one message, which may have a key, however long.
        long keyBytes = isStreamed ? 0 : Math.max(0, read.getInt(headBytes - Integer.BYTES)) + (long) Integer.BYTES;
        long from = headBytes + keyBytes;
        // Behind all that asks for more bytes, so that a batch counts once.
        isWary = codec != PackedBatch.NONE && guard.isWaryOf(topic, partition, offset, length);
        if (from >= length || !(isWary || guard.mayBeOversized(codec, length - from))) {
            skipBatch(read, length);
            return;
        }
        batch = isStreamed
                ? new PackedBatch(
                        format, codec, offset, offset + read.getInt(BATCH_LAST_AT), read.getInt(BATCH_COUNT_AT))
                : new PackedBatch(format, codec, offset, offset, 0);
        read.position(headBytes);
        skipping = keyBytes;
        recordsLeft -= length;
        bodyLeft = Math.toIntExact(length - from);
        body = buffers.directBuffer(bodyLeft, bodyLeft);
        step = Step.BATCH_BODY;
    }

    private void skipBatch(ByteBuffer read, long length) {
        int here = (int) Math.min(length, read.limit());
        read.position(here);
        skipping = length - here;
        recordsLeft -= length;
        behindBatch();
    }

    /** Timestamp, if there is one, and the length of the key. */
    private static int oldFieldsBytes(byte format) {
        return (format > 0 ? Long.BYTES : 0) + Integer.BYTES;
    }

    private int keep(ByteBuffer bytes, int at, int to) throws SSLException {
        int count = Math.min(bodyLeft, to - at);
        body.writeBytes(bytes.duplicate().limit(at + count).position(at));
        bodyLeft -= count;
        if (bodyLeft == 0) {
            OversizedBatch oversized = guard.oversized(batch, body.nioBuffer(), !isWary, headers);
            body.release();
            body = null;
            if (oversized != null) {
                refuse(oversized, bytes, at + count - 1);
            }
            behindBatch();
        }
        return at + count;
    }

    private void refuse(OversizedBatch oversized, ByteBuffer bytes, int lastAt) throws SSLException {
        if (batch.format() != PackedBatch.STREAMED_FORMAT) {
            guard.tooLarge(address, oversized.bytes());
            throw new SSLException(address + " sent data that unpacks to more than " + oversized.bytes() + " bytes");
        }
        guard.refused(topic, partition, oversized);
        bytes.put(lastAt, (byte) ~bytes.get(lastAt));
    }

    private static void require(ByteBuffer read, int bytes) {
        if (read.limit() < bytes) {
            throw new BufferUnderflowException();
        }
    }
}
