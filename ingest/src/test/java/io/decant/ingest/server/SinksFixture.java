package io.decant.ingest.server;

import static io.decant.ingest.server.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.Settings;
import io.decant.config.SettingsLoader;
import io.decant.ingest.pipeline.ReplayRange;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** A server with as many sinks as a test likes, a receiver for each, and one connection after another. */
final class SinksFixture implements AutoCloseable {

    private final Path folder;
    private final Map<String, Receiver> receivers = new LinkedHashMap<>();

    SinksFixture(Path folder) {
        this.folder = folder;
    }

    /** That of a sink; made when it is first asked for. */
    Receiver receiver(String sink) {
        return receivers.computeIfAbsent(sink, name -> {
            try {
                return new Receiver();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    Server start(List<String> sinks, String... sets) {
        return Server.start(settings(sinks, sets), Set.of());
    }

    Server replay(String sink, long from, OptionalLong to, List<String> sinks, String... sets) {
        return Server.start(settings(sinks, sets), Set.of(), Optional.of(new ReplayRange(sink, from, to)));
    }

    /** @param sets over the file, the first {@code --} left out */
    Settings settings(List<String> sinks, String... sets) {
        StringBuilder yaml = new StringBuilder("""
                name: edge-1
                data-dir: data
                sources: {logs: {type: tcp, address: "127.0.0.1:0"}}
                journal: {segment-size: 8MiB, min-free: 1MiB}
                batch: {interval: 50ms}
                admin: {address: "127.0.0.1:0"}
                sinks:
                """);
        sinks.forEach(sink -> yaml.append("  %s: {type: http, url: '%s', retry-max-delay: 50ms, concurrency: 1}\n"
                .formatted(sink, receiver(sink).url())));
        return SettingsLoader.parse(yaml.toString(), "test.yaml", folder, new ArrayList<>(List.of(sets)), Map.of());
    }

    /** Has the lines cut; they are few enough for one batch. */
    static void send(Server server, String lines) throws IOException {
        long cut = server.status().journal().cut();
        String address = server.status().sources().get("logs").address();
        assertThat(LineClient.sendAll(address, lines))
                .last()
                .isEqualTo("OK " + lines.lines().count());
        await(server, now -> now.journal().cut() > cut);
    }

    static void awaitDelivered(Server server) {
        await(server, now -> now.journal().backlogBytes() == 0 && now.journal().uncutRecords() == 0);
    }

    @Override
    public void close() {
        receivers.values().forEach(Receiver::close);
    }
}
