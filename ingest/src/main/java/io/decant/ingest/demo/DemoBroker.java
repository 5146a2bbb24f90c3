package io.decant.ingest.demo;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** The broker through which the demo's stream goes, if it is to go through one. */
final class DemoBroker implements AutoCloseable {

    /** Null where there is none. */
    private final BrokerProcess process;

    private DemoBroker(BrokerProcess process) {
        this.process = process;
    }

    /**
     * Starts it, with the topic.
     *
     * @param jars its class path; empty: there is to be none
     * @param folder for its data
     * @throws DemoException where it does not start
     */
    static DemoBroker start(Optional<Path> jars, Path folder) {
        if (jars.isEmpty()) {
            return new DemoBroker(null);
        }
        try {
            BrokerProcess process = BrokerProcess.start(jars.get(), folder.resolve("broker"), Map.of());
            process.createTopic(KafkaSender.TOPIC, KafkaSender.PARTITIONS);
            return new DemoBroker(process);
        } catch (IOException e) {
            throw new DemoException("the Kafka broker of the demo: " + e.getMessage(), e);
        }
    }

    /** Where it listens; empty where there is none. */
    Optional<String> address() {
        return Optional.ofNullable(process).map(BrokerProcess::address);
    }

    /** A server that the stream can come to. */
    DemoServer serve(Path folder, InetSocketAddress receiver) {
        return address()
                .map(address -> DemoServer.start(folder, receiver, address))
                .orElseGet(() -> DemoServer.start(folder, receiver));
    }

    @Override
    public void close() throws IOException {
        if (process != null) {
            process.close();
        }
    }
}
