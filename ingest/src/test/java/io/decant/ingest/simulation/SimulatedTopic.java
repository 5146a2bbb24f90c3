package io.decant.ingest.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.decant.ingest.deadletter.DeadLetter;
import io.decant.ingest.deadletter.LetterFrame;
import io.decant.ingest.journal.Block;
import io.decant.ingest.journal.Block.BlockOwner;
import io.decant.ingest.journal.FrameBytes;
import io.decant.ingest.journal.Intake;
import io.decant.ingest.journal.StreamId;
import io.decant.ingest.source.ResumableStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/**
 * Partitions of a topic, read as Kafka is: from the offset that the journal says, which has gaps. Some records have
 * newlines, some no value, some no key. Once all of a partition is read the topic may be deleted and made again under
 * its name, with other records. It outlives the servers of a simulation.
 */
final class SimulatedTopic {

    static final String NAME = "clicks";
    private static final String NO_KEY = "nokey";
    private static final String MARK = ",p";

    /** A record as it was produced. */
    private record Produced(long offset, long timestampMillis, String key, String value, Map<String, byte[]> headers) {

        String text() {
            return value == null ? KeyMode.tombstone(key) : value;
        }

        byte[] frame() {
            return FrameBytes.of(
                    offset,
                    timestampMillis,
                    key == null ? null : key.getBytes(UTF_8),
                    FrameBytes.headers(headers),
                    value == null ? null : value.getBytes(UTF_8));
        }

        boolean isIn(DeadLetter letter) {
            LetterFrame frame = letter.frame();
            return frame.timestampMillis() == timestampMillis
                    && Arrays.equals(frame.key(), key == null ? null : key.getBytes(UTF_8))
                    && Arrays.equals(frame.headers(), FrameBytes.headers(headers))
                    && frame.tombstone() == (value == null)
                    && new String(letter.record(), UTF_8).equals(value == null ? "" : value);
        }
    }

    /** What has the partition's name for a while. */
    private final class Log implements BlockOwner {
        private final StreamId stream;
        private final UUID topicId;
        private final List<Produced> records = new ArrayList<>();
        private int handedIn;
        private int acknowledged;
        private long committed;
        private Block waiting;

        Log(StreamId stream, UUID topicId) {
            this.stream = stream;
            this.topicId = topicId;
        }

        /** A server has started, and knows this of the partition; null: nothing. */
        void resume(ResumableStream kept) {
            boolean known = kept != null && kept.topicId().equals(topicId);
            long offset = known ? kept.resumeOffset() : 0;
            if (offset < committed) {
                throw new AssertionError(stream + " was acknowledged up to " + committed + ", resumes at " + offset);
            }
            handedIn = 0;
            while (handedIn < records.size() && records.get(handedIn).offset < offset) {
                handedIn++;
            }
            if (known && kept.next() != handedIn) {
                throw new AssertionError(stream + " resumes at offset " + offset + ", before which are " + handedIn
                        + " records, and " + kept.next() + " of them are durable");
            }
            acknowledged = handedIn;
            committed = offset;
            if (waiting != null) {
                waiting.release();
                waiting = null;
            }
        }

        void send(Intake intake, long nowMillis) {
            if (waiting == null) {
                int count = Math.min(records.size() - handedIn, 1 + random.nextInt(random.nextInt(10) == 0 ? 60 : 8));
                if (count == 0) {
                    return;
                }
                waiting = block(records.subList(handedIn, handedIn + count), nowMillis);
            }
            if (intake.offer(waiting)) {
                handedIn = Math.toIntExact(waiting.next());
                waiting = null;
            }
        }

        private Block block(List<Produced> run, long nowMillis) {
            ByteBuf payload = Unpooled.buffer();
            int count = 0;
            for (Produced record : run) {
                byte[] frame = record.frame();
                if (count > 0 && payload.readableBytes() + frame.length > SimulatedSource.BLOCK_BYTES_MAX) {
                    break;
                }
                payload.writeBytes(frame);
                count++;
            }
            // Behind the last record there may be what is none, the end of a transaction for one.
            int next = handedIn + count;
            long last = run.get(count - 1).offset;
            long resumeOffset = next < records.size() && random.nextBoolean() ? records.get(next).offset : last + 1;
            return Block.framed(stream, handedIn, count, nowMillis, payload, resumeOffset, topicId, this);
        }

        @Override
        public void synced(Block block) {
            if (block.first() != acknowledged || (block.first() > 0 && block.resumeOffset() <= committed)) {
                throw new AssertionError(block + " up to " + block.resumeOffset() + " was acknowledged after record "
                        + acknowledged + " and offset " + committed);
            }
            acknowledged = Math.toIntExact(block.next());
            committed = block.resumeOffset();
        }

        boolean isDone() {
            return acknowledged == records.size();
        }
    }

    private final Random random;
    /** By partition, those that had its name one after the other. */
    private final List<List<Log>> partitions = new ArrayList<>();

    private final int[] current;
    private final Map<Long, Produced> byOffset = new HashMap<>();
    private long lastOffset;

    SimulatedTopic(Random random, KeyMode mode) {
        this.random = random;
        for (int partition = random.nextInt(3); partition > 0; partition--) {
            List<Log> logs = new ArrayList<>();
            for (int life = 0; life < 1 + random.nextInt(2); life++) {
                StreamId stream = new StreamId(NAME, "clicks-" + partition, true);
                Log log = new Log(stream, new UUID(partition, life + 1));
                for (int i = 10 + random.nextInt(150); i > 0; i--) {
                    log.records.add(produce(mode, partition + "-" + life));
                }
                logs.add(log);
            }
            partitions.add(logs);
        }
        current = new int[partitions.size()];
    }

    /** One whose offset no other has in any partition, so that a letter tells which it is of. */
    private Produced produce(KeyMode mode, String partition) {
        lastOffset += 1 + random.nextInt(3);
        String key = random.nextInt(3) == 0 ? "hot" : "key" + random.nextInt(20);
        String whole = mode.record(key, MARK.substring(1) + partition, lastOffset);
        boolean keyed = random.nextInt(8) > 0;
        if (!keyed && mode == KeyMode.KAFKA) {
            whole = NO_KEY + MARK + partition + "," + lastOffset;
        }
        String value = random.nextInt(12) > 0 || !keyed ? whole : null;
        if (value != null && random.nextInt(12) == 0 && mode != KeyMode.JSON) {
            value += "\nand more";
        }
        Map<String, byte[]> headers =
                random.nextInt(4) > 0 ? Map.of() : Map.of("trace", new byte[] {(byte) lastOffset});
        Produced record = new Produced(lastOffset, random.nextInt(1_000_000), keyed ? key : null, value, headers);
        byOffset.put(lastOffset, record);
        return record;
    }

    /**
     * The key that a value shows where {@code kafka-key} tells records apart: of a record without one, and of a line,
     * the whole.
     */
    static String keyOf(String text) {
        int mark = text.indexOf(MARK);
        return mark < 0 || text.startsWith(NO_KEY) ? text : text.substring(0, mark);
    }

    private Log log(int partition) {
        return partitions.get(partition).get(current[partition]);
    }

    /** A server has started. */
    void start(Map<String, ResumableStream> kept) {
        for (int partition = 0; partition < current.length; partition++) {
            Log log = log(partition);
            log.resume(kept.get(log.stream.name()));
        }
    }

    void sendSomething(Intake intake, long nowMillis) {
        if (current.length == 0) {
            return;
        }
        int partition = random.nextInt(current.length);
        log(partition).send(intake, nowMillis);
        recreate(partition);
    }

    void sendAll(Intake intake, long nowMillis) {
        for (int partition = 0; partition < current.length; partition++) {
            log(partition).send(intake, nowMillis);
            recreate(partition);
        }
    }

    private void recreate(int partition) {
        if (log(partition).isDone()
                && current[partition] + 1 < partitions.get(partition).size()) {
            current[partition]++;
        }
    }

    boolean isDone() {
        for (int partition = 0; partition < current.length; partition++) {
            if (!log(partition).isDone()
                    || current[partition] + 1 < partitions.get(partition).size()) {
                return false;
            }
        }
        return true;
    }

    /** All records that were ever produced, as text. */
    List<String> records() {
        return byOffset.values().stream().map(Produced::text).toList();
    }

    /** A letter holds all that the record came with, however often it went out again. */
    void verify(DeadLetter letter) {
        if (letter.frame() != null
                && letter.frame().offset() < SimulatedInput.OFFSETS_FROM
                && !byOffset.get(letter.frame().offset()).isIn(letter)) {
            throw new AssertionError(letter + " is not of the record that was at offset "
                    + letter.frame().offset() + ": " + letter.frame());
        }
    }
}
