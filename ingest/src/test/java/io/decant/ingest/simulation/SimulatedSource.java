package io.decant.ingest.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.decant.ingest.journal.Block;
import io.decant.ingest.journal.Block.BlockOwner;
import io.decant.ingest.journal.Format2Entries;
import io.decant.ingest.journal.Intake;
import io.decant.ingest.journal.StreamId;
import io.decant.ingest.source.ResumableStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Clients with sessions, which go on where the server says, and plain connections, which end with the server. It
 * outlives the servers of a simulation.
 */
final class SimulatedSource {

    static final String NAME = "lines";
    static final int BLOCK_BYTES_MAX = 8 << 10;

    /** One session's client: it has all its records from the start, and sends them until all are acknowledged. */
    static final class Client implements BlockOwner {
        final String id;
        final List<String> records = new ArrayList<>();
        int acknowledged;
        private int handedIn;
        private Block waiting;

        private final StreamId stream;
        private final boolean cursors;

        Client(String id, boolean cursors) {
            this.id = id;
            this.stream = new StreamId(NAME, id, true);
            this.cursors = cursors;
        }

        /** A server answered {@code SESSION}: so many are durable. */
        void connect(long durable) {
            if (durable < acknowledged) {
                throw new AssertionError("session " + id + ": " + acknowledged + " records were acknowledged, but only "
                        + durable + " are durable");
            }
            if (durable > records.size()) {
                throw new AssertionError(
                        "session " + id + ": " + durable + " records are durable of " + records.size());
            }
            acknowledged = (int) durable;
            handedIn = acknowledged;
            if (waiting != null) {
                waiting.release();
                waiting = null;
            }
        }

        /** The journal gives back the cursor of the last durable block. */
        void verify(ResumableStream kept) {
            if (!kept.cursor().equals(Format2Entries.cursor(stream, kept.next()))) {
                throw new AssertionError("session " + id + " resumes at record " + kept.next() + " with the cursor "
                        + new String(kept.cursor().toArray(), UTF_8));
            }
        }

        void send(Intake intake, Random random, long nowMillis) {
            if (waiting == null) {
                int count = Math.min(records.size() - handedIn, 1 + random.nextInt(random.nextInt(10) == 0 ? 200 : 10));
                if (count == 0) {
                    return;
                }
                while (bytes(handedIn, count) > BLOCK_BYTES_MAX) {
                    count /= 2;
                }
                waiting = new Block(
                        stream, handedIn, count, nowMillis, payload(records.subList(handedIn, handedIn + count)), this);
                waiting = cursors ? Format2Entries.withCursor(waiting) : waiting;
                handedIn += count;
            }
            if (intake.offer(waiting)) {
                waiting = null;
            }
        }

        private int bytes(int from, int count) {
            return records.subList(from, from + count).stream()
                    .mapToInt(record -> record.length() + 1)
                    .sum();
        }

        @Override
        public void synced(Block block) {
            if (block.first() != acknowledged) {
                throw new AssertionError(block + " was acknowledged after record " + acknowledged);
            }
            acknowledged = (int) block.next();
        }

        boolean isDone() {
            return acknowledged == records.size();
        }
    }

    /** A connection without a session; what is not acknowledged when the server dies may be there or not. */
    static final class Connection implements BlockOwner {
        final String name;
        int sent;
        int acknowledged;

        Connection(String name) {
            this.name = name;
        }

        String record(int i) {
            return name + "," + i;
        }

        void send(Intake intake, Random random, long nowMillis) {
            int count = 1 + random.nextInt(5);
            List<String> records = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                records.add(record(sent + i));
            }
            Block block = new Block(new StreamId(NAME, name, false), sent, count, nowMillis, payload(records), this);
            if (intake.offer(block)) {
                sent += count;
            } else {
                block.release();
            }
        }

        @Override
        public void synced(Block block) {
            if (block.first() != acknowledged) {
                throw new AssertionError(block + " was acknowledged after record " + acknowledged);
            }
            acknowledged = (int) block.next();
        }
    }

    final List<Client> clients = new ArrayList<>();
    final List<Connection> connections = new ArrayList<>();
    private final Random random;
    private final boolean cursors;
    private Connection open;
    int cursorsResumed;

    /** @param cursors whether blocks of sessions say where they end, as an import's do */
    SimulatedSource(Random random, int clientCount, int recordsEach, int keys, KeyMode mode, boolean cursors) {
        this.random = random;
        this.cursors = cursors;
        for (int c = 0; c < clientCount; c++) {
            Client client = new Client("client-" + c, cursors);
            for (int i = 0; i < recordsEach; i++) {
                int number = random.nextInt(keys);
                // Long enough for segments to roll in the middle of things.
                String key = random.nextInt(3) == 0 ? "hot" : "key" + number + "x".repeat(number * 37 % 250);
                client.records.add(mode.record(key, Integer.toString(c), i));
            }
            clients.add(client);
        }
    }

    private static ByteBuf payload(List<String> records) {
        return Unpooled.wrappedBuffer((String.join("\n", records) + "\n").getBytes(UTF_8));
    }

    /** A server has started. */
    void start(Map<String, ResumableStream> kept) {
        for (Client client : clients) {
            ResumableStream stream = kept.get(client.id);
            client.connect(stream == null ? 0 : stream.next());
            if (cursors && stream != null) {
                client.verify(stream);
                cursorsResumed++;
            }
        }
        open = new Connection("plain-" + connections.size());
        connections.add(open);
    }

    void sendSomething(Intake intake, long nowMillis) {
        if (random.nextInt(4) == 0 && open.sent < 60) {
            open.send(intake, random, nowMillis);
        } else {
            clients.get(random.nextInt(clients.size())).send(intake, random, nowMillis);
        }
    }

    void sendAll(Intake intake, long nowMillis) {
        clients.forEach(client -> client.send(intake, random, nowMillis));
    }

    boolean isDone() {
        return clients.stream().allMatch(Client::isDone) && open.acknowledged == open.sent;
    }
}
