package io.decant.ingest.demo;

import io.decant.config.Settings;
import io.decant.config.SettingsLoader;
import io.decant.ingest.server.Server;
import io.decant.ingest.source.SourceStatus;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The server of the demo: the real one, with settings for a demo. */
final class DemoServer implements AutoCloseable {

    private final Server server;

    private DemoServer(Server server) {
        this.server = server;
    }

    /**
     * Starts it.
     *
     * @param folder for its data
     * @param receiver where buckets go
     */
    static DemoServer start(Path folder, InetSocketAddress receiver) {
        return new DemoServer(Server.start(settings(folder, receiver), Set.of()));
    }

    /** The same where the stream comes through a broker; it listens, too. */
    static DemoServer start(Path folder, InetSocketAddress receiver, String broker) {
        List<String> topic = List.of(
                "sources.topic.type=kafka",
                "sources.topic.bootstrap-servers=" + broker,
                "sources.topic.topics=[" + KafkaSender.TOPIC + "]",
                "sources.topic.max-record=1MiB");
        return new DemoServer(Server.start(settings(folder, receiver, topic), Set.of()));
    }

    /**
     * Ports are any that are free. The backlog is above what the sender lets wait for its delivery; a batch is no
     * larger than lets the receiver remember a bucket of it in some tens of megabytes.
     */
    static Settings settings(Path folder, InetSocketAddress receiver) {
        return settings(folder, receiver, List.of());
    }

    private static Settings settings(Path folder, InetSocketAddress receiver, List<String> more) {
        String yaml = """
                name: demo
                data-dir: data
                shutdown-timeout: 30s
                sources:
                  stream:
                    type: tcp
                    address: 127.0.0.1:0
                    ack: count
                journal:
                  segment-size: 64MiB
                  max-backlog: 1GiB
                  min-free: 64MiB
                batch:
                  interval: 1s
                  max-records: 4000000
                sinks:
                  receiver:
                    type: http
                    url: http://%s:%d/buckets
                admin:
                  address: 127.0.0.1:0
                """.formatted(receiver.getHostString(), receiver.getPort());
        return SettingsLoader.parse(yaml, "the demo's settings", folder, more, Map.of());
    }

    /** Where its source for lines listens. */
    InetSocketAddress address() {
        URI address = URI.create("tcp://" + source().address());
        return new InetSocketAddress(address.getHost(), address.getPort());
    }

    /** Records that are durable, of all sources and connections. */
    long acknowledged() {
        return server.sources().stream()
                .mapToLong(source -> source.status().records())
                .sum();
    }

    private SourceStatus source() {
        return server.sources().get(0).status();
    }

    /** @throws DemoException when the server has failed */
    void requireRunning() {
        if (server.failure().isDone()) {
            Throwable failure = server.failure().join();
            throw new DemoException("the server failed: " + failure.getMessage(), failure);
        }
    }

    /** Takes nothing more, delivers what it has, and ends. */
    void drain() {
        server.drain();
    }

    @Override
    public void close() {
        server.close();
    }
}
