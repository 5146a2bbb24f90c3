package io.decant.loadtest.peer;

import io.decant.loadtest.load.PacedProtocol;
import io.decant.loadtest.load.RecordPool;
import io.decant.loadtest.load.RecordShape;
import io.decant.loadtest.server.ProcessUsage;
import io.decant.loadtest.server.RedisServer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Redis: {@code XADD} to one stream over several connections, each with many commands under way. It syncs what it has
 * read of all of them at once ({@code appendfsync always}), and keeps the last million records.
 */
public final class RedisPeer implements MeasuredPeer {

    private static final int CONNECTIONS = 8;
    /** Of a connection, before it waits for the answers. */
    private static final int PIPELINED = 512;

    private static final int ANSWER_BYTES = 64 << 10;
    private static final int POOL_BYTES = 4 << 20;

    private final RedisServer server;
    private final List<Connection> connections = new ArrayList<>();
    private final List<Sender> senders = new ArrayList<>();

    /** One connection, owned by its thread but for the count. */
    private static final class Connection implements AutoCloseable {
        private final SocketChannel socket;
        private final RecordPool pool;
        private final PacedProtocol answers = PacedProtocol.redis();
        private final RedisRequests requests = new RedisRequests();
        private final ByteBuffer read = ByteBuffer.allocateDirect(ANSWER_BYTES);
        private volatile long acknowledged;
        private long sent;

        Connection(RedisServer server, RecordShape shape, long seed) throws IOException {
            this.socket = SocketChannel.open(server.address());
            this.pool = new RecordPool(shape, PIPELINED, POOL_BYTES, seed);
        }

        private Object turn() throws IOException {
            ByteBuffer out = requests.of(pool.take(), pool.shape().lineBytes());
            while (out.hasRemaining()) {
                socket.write(out);
            }
            sent += PIPELINED;
            while (answers.acknowledged() < sent) {
                if (socket.read(read.clear()) < 0) {
                    throw new IOException("Redis closed a connection");
                }
                answers.read(read.flip());
                acknowledged = answers.acknowledged();
            }
            return sent;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    public RedisPeer(Path program, Path folder, RecordShape shape, long seed) throws IOException {
        this.server = RedisServer.start(program, folder);
        try {
            for (int i = 0; i < CONNECTIONS; i++) {
                Connection connection = new Connection(server, shape, seed + i);
                connections.add(connection);
                senders.add(new Sender("redis-load-" + i, connection::turn));
            }
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    @Override
    public long records() {
        return connections.stream()
                .mapToLong(connection -> connection.acknowledged)
                .sum();
    }

    @Override
    public void requireRunning() {
        senders.forEach(Sender::requireRunning);
    }

    @Override
    public Optional<ProcessUsage> usage() {
        return server.usage();
    }

    @Override
    public void close() throws IOException {
        server.close();
        senders.forEach(Sender::close);
        for (Connection connection : connections) {
            connection.close();
        }
    }
}
