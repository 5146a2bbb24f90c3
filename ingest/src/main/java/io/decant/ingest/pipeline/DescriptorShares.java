package io.decant.ingest.pipeline;

import io.decant.config.HttpSinkSettings;
import io.decant.config.KafkaSourceSettings;
import io.decant.config.Settings;
import io.decant.config.SinkSettings;
import io.decant.config.SourceSettings;
import io.decant.config.TcpSourceSettings;
import io.decant.ingest.admin.AdminServer;
import io.decant.ingest.admin.FileDescriptors;
import io.decant.ingest.source.ConnectionLimit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Divides the file descriptors that the process may still open: first what journal, dead letters and sinks need, then the admin port, and
 * the rest for connections of TCP sources. Where their {@code max-connections} do not fit, each gets the same part of what it asks for.
 *
 * @param adminConnections of the admin port at a time
 * @param maxConnections of each TCP source, by name
 */
record DescriptorShares(int adminConnections, Map<String, Integer> maxConnections) {

    /** Segments that are written, prepared, forced and read, files of dead letters, pipes of event loops, name look-ups. */
    private static final int RESERVE = 48;
    /** Clients and their pipes, connections to brokers, or to name and data nodes. */
    private static final int RESERVE_PER_CLUSTER = 16;
    /** Pipes to the driver and staged files, read by each sink. */
    private static final int RESERVE_FOR_OFFLOAD = 32;

    private static final int ADMIN_MIN = 8;
    /** The part of what is free that the admin port may have. */
    private static final int ADMIN_DIVISOR = 8;
    /** Above this many free ones the look for jars that are not open yet is not worth its time. */
    private static final int PLENTY = 16_384;

    private static final Logger log = LoggerFactory.getLogger(Server.class);

    /** Shares of what is free now. Says which {@code max-connections} are lowered. */
    static DescriptorShares measured(Settings settings) {
        if (FileDescriptors.max() - FileDescriptors.open() < PLENTY) {
            // Opens what of the class path is not open yet, so that it is counted.
            DescriptorShares.class.getClassLoader().getResource("no/such/resource");
        }
        long max = FileDescriptors.max();
        DescriptorShares shares = of(settings, max - FileDescriptors.open());
        shares.maxConnections.forEach((name, lowered) -> {
            int set = ((TcpSourceSettings) settings.sources().get(name)).maxConnections();
            if (lowered < set) {
                log.warn(
                        "source {}: max-connections is lowered from {} to {}, since this process may open only {} files"
                                + " (ulimit -n)",
                        name,
                        set,
                        lowered,
                        max);
            }
        });
        return shares;
    }

    /** @param free descriptors that may still be opened */
    static DescriptorShares of(Settings settings, long free) {
        long left = Math.max(0, free - reserve(settings));
        int admin = (int) Math.max(ADMIN_MIN, Math.min(AdminServer.CONNECTIONS_MAX, left / ADMIN_DIVISOR));
        left = Math.max(0, left - admin);
        Map<String, Integer> wanted = new LinkedHashMap<>();
        settings.sources()
                .forEach((name, source) -> tcp(source).ifPresent(tcp -> wanted.put(name, tcp.maxConnections())));
        long all = wanted.values().stream().mapToLong(ConnectionLimit::openMax).sum();
        if (all <= left) {
            return new DescriptorShares(admin, wanted);
        }
        // One connection for each, whatever the others ask for.
        long least = ConnectionLimit.openMax(1);
        long toDivide = Math.max(0, left - least * wanted.size());
        long beyondLeast = all - least * wanted.size();
        Map<String, Integer> lowered = new LinkedHashMap<>();
        for (Map.Entry<String, Integer> source : wanted.entrySet()) {
            int connections = source.getValue();
            long share = least + (ConnectionLimit.openMax(connections) - least) * toDivide / Math.max(1, beyondLeast);
            lowered.put(source.getKey(), servedWithin(share, connections));
        }
        return new DescriptorShares(admin, lowered);
    }

    /** Connections of all TCP sources at a time, at least 1. */
    long lineConnections() {
        return Math.max(1, maxConnections.values().stream().mapToLong(n -> n).sum());
    }

    private static Optional<TcpSourceSettings> tcp(SourceSettings source) {
        return source instanceof TcpSourceSettings tcp ? Optional.of(tcp) : Optional.empty();
    }

    private static long reserve(Settings settings) {
        long reserve = settings.offload().isOn() ? RESERVE + RESERVE_FOR_OFFLOAD : RESERVE;
        for (SinkSettings sink : settings.sinks().values()) {
            reserve += sink instanceof HttpSinkSettings http ? http.concurrency() : RESERVE_PER_CLUSTER;
        }
        for (SourceSettings source : settings.sources().values()) {
            reserve += source instanceof KafkaSourceSettings ? RESERVE_PER_CLUSTER : 0;
        }
        return reserve;
    }

    /** The most connections, at least 1, whose open sockets are within that share. */
    private static int servedWithin(long share, int wanted) {
        int low = 1;
        int high = wanted;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (ConnectionLimit.openMax(middle) <= share) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }
}
