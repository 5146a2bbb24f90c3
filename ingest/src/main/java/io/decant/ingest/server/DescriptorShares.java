package io.decant.ingest.server;

import io.decant.config.Settings;
import io.decant.ingest.admin.AdminServer;
import io.decant.ingest.admin.FileDescriptors;
import io.decant.ingest.component.SinkTypes;
import io.decant.ingest.component.SourceTypes;
import io.decant.ingest.sink.SinkComponent;
import io.decant.ingest.source.ConnectionShare;
import io.decant.ingest.source.SourceComponent;
import io.decant.ingest.source.SourceException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Divides the file descriptors that the process may still open: first what journal, dead letters and sinks need, then
 * the admin port, and the rest for connections of sources that listen. Where their {@code max-connections} do not fit,
 * each gets the same part of what it asks for. Nothing is given that is not there: where not even one connection of
 * each source fits, there are no shares.
 *
 * @param adminConnections of the admin port at a time
 * @param connections of each source that listens, by name
 */
record DescriptorShares(int adminConnections, Map<String, ConnectionShare> connections) {

    /**
     * Segments that are written, prepared, forced and read, files of dead letters, pipes of event loops, name look-ups.
     */
    private static final int RESERVE = 48;
    /** Pipes to the driver and staged files, read by each sink. */
    private static final int RESERVE_FOR_OFFLOAD = 32;

    private static final int ADMIN_MIN = 8;
    /** The part of what is free that the admin port may have. */
    private static final int ADMIN_DIVISOR = 8;
    /** Above this many free ones the look for jars that are not open yet is not worth its time. */
    private static final int PLENTY = 16_384;

    private static final Logger log = LoggerFactory.getLogger(Server.class);

    /**
     * Shares of what is free now. Says which {@code max-connections} are lowered.
     *
     * @throws SourceException where there are too few for one connection of each source
     */
    static DescriptorShares measured(Settings settings) {
        if (FileDescriptors.max() - FileDescriptors.open() < PLENTY) {
            // Opens what of the class path is not open yet, so that it is counted.
            DescriptorShares.class.getClassLoader().getResource("no/such/resource");
        }
        long max = FileDescriptors.max();
        DescriptorShares shares = of(settings, max - FileDescriptors.open(), max);
        Map<String, Integer> wanted = wanted(settings);
        shares.connections.forEach((name, share) -> {
            int set = wanted.get(name);
            int lowered = share.served();
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

    /**
     * @param free descriptors that may still be opened
     * @param max descriptors that may be open in all
     * @throws SourceException where there are too few for one connection of each source
     */
    static DescriptorShares of(Settings settings, long free, long max) {
        Map<String, Integer> wanted = wanted(settings);
        long needed = reserve(settings) + ADMIN_MIN + (long) ConnectionShare.OPEN_MIN * wanted.size();
        if (free < needed && !wanted.isEmpty()) {
            throw new SourceException(
                    "no file descriptors are left for one connection of each of the TCP sources ("
                            + String.join(", ", wanted.keySet()) + "), since this process may open only " + max
                            + " files (ulimit -n); allow at least " + (max - free + needed) + ", or set fewer sources",
                    null);
        }
        long left = Math.max(0, free - reserve(settings));
        long usual = wanted.values().stream()
                .map(ConnectionShare::usual)
                .mapToLong(ConnectionShare::openMax)
                .sum();
        long forSources = (long) ConnectionShare.OPEN_MIN * wanted.size();
        int admin = (int) Math.max(
                ADMIN_MIN, Math.min(AdminServer.CONNECTIONS_MAX, Math.min(left / ADMIN_DIVISOR, left - forSources)));
        left = Math.max(0, left - admin);
        Map<String, ConnectionShare> shares = new LinkedHashMap<>();
        if (usual <= left) {
            wanted.forEach((name, connections) -> shares.put(name, ConnectionShare.usual(connections)));
            return new DescriptorShares(admin, shares);
        }
        // A few connections for each, whatever the others ask for.
        long least = Math.min(left / wanted.size(), ConnectionShare.usual(1).openMax());
        long toDivide = left - least * wanted.size();
        long beyondLeast = Math.max(1, usual - least * wanted.size());
        wanted.forEach((name, connections) -> {
            long more = (ConnectionShare.usual(connections).openMax() - least) * toDivide / beyondLeast;
            shares.put(name, ConnectionShare.within(least + more, connections));
        });
        return new DescriptorShares(admin, shares);
    }

    /** Connections of all TCP sources at a time, at least 1. */
    long lineConnections() {
        return Math.max(
                1,
                connections.values().stream().mapToLong(ConnectionShare::served).sum());
    }

    /** Connections that each source would serve, by name, of those that listen. */
    private static Map<String, Integer> wanted(Settings settings) {
        Map<String, Integer> wanted = new LinkedHashMap<>();
        for (SourceComponent source : SourceTypes.of(settings)) {
            if (source.needs().isListener()) {
                wanted.put(source.name(), source.needs().connections());
            }
        }
        return wanted;
    }

    private static long reserve(Settings settings) {
        long reserve = settings.usesSpark() ? RESERVE + RESERVE_FOR_OFFLOAD : RESERVE;
        for (SinkComponent sink : SinkTypes.of(settings)) {
            reserve += sink.needs().descriptors();
        }
        for (SourceComponent source : SourceTypes.of(settings)) {
            reserve += source.needs().descriptors();
        }
        return reserve;
    }
}
