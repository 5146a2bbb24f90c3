package io.decant.ingest.cli;

import io.decant.config.HdfsSinkSettings;
import io.decant.config.HostPort;
import io.decant.config.HttpSinkSettings;
import io.decant.config.KafkaSourceSettings;
import io.decant.config.Settings;
import io.decant.config.TcpSourceSettings;
import io.decant.ingest.source.kafka.ClusterProbe;
import io.decant.offload.files.BatchFiles;
import io.decant.offload.files.LocalFiles;
import io.decant.offload.files.MountedFiles;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Tries what settings name on the network. Sends nothing and keeps nothing open. */
final class Reachability {
    /** A receiver that takes longer than this to accept a connection is as good as away. */
    private static final int CONNECT_MILLIS_MAX = (int) TimeUnit.SECONDS.toMillis(5);

    private final Settings settings;

    Reachability(Settings settings) {
        this.settings = settings;
    }

    /** Sources that a cluster is to be read for, and cannot be read from, a line each. */
    List<String> sources() {
        List<String> problems = new ArrayList<>();
        settings.sources().forEach((name, source) -> {
            if (source instanceof KafkaSourceSettings kafka) {
                problems.addAll(ClusterProbe.problems(name, kafka));
            }
        });
        return problems;
    }

    /**
     * Sinks that do not accept a connection, or have no disk to write to, a line each; HDFS is the
     * {@link ClusterReport}'s to ask.
     */
    List<String> sinks() {
        List<String> problems = new ArrayList<>();
        settings.sinks().forEach((name, sink) -> {
            if (sink instanceof HttpSinkSettings http) {
                connect(name, target(http), problems);
            } else if (sink instanceof HdfsSinkSettings hdfs && hdfs.isLocal()) {
                look(name, hdfs, problems);
            }
        });
        return problems;
    }

    /** Addresses of sources and admin that cannot be listened at, a line each. */
    List<String> addresses() {
        List<String> problems = new ArrayList<>();
        settings.sources().forEach((name, source) -> {
            if (source instanceof TcpSourceSettings tcp) {
                listen("sources." + name, tcp.address(), problems);
            }
        });
        listen("admin", settings.admin().address(), problems);
        return problems;
    }

    private static HostPort target(HttpSinkSettings sink) {
        String host = sink.host();
        return new HostPort(host.startsWith("[") ? host.substring(1, host.length() - 1) : host, sink.port());
    }

    /** A place that is not there yet is made by the first batch. */
    private static void look(String sink, HdfsSinkSettings settings, List<String> problems) {
        Path there = Path.of(settings.uri());
        while (!Files.exists(there)) {
            there = there.getParent();
        }
        if (!Files.isDirectory(there) || !Files.isWritable(there)) {
            problems.add("sink " + sink + ": " + there
                    + " is no directory that may be written to; the server would start and keep trying");
        } else if (settings.mustBeMountpoint()) {
            lookForMount(sink, Path.of(settings.uri()), problems);
        }
    }

    private static void lookForMount(String sink, Path root, List<String> problems) {
        try (BatchFiles files = new MountedFiles(root, new LocalFiles(root))) {
            files.exists("");
        } catch (IOException e) {
            problems.add("sink " + sink + ": " + e.getMessage() + "; the server would start and keep trying");
        }
    }

    private static void connect(String sink, HostPort target, List<String> problems) {
        try (Socket socket = new Socket()) {
            InetSocketAddress address = new InetSocketAddress(target.host(), target.port());
            if (address.isUnresolved()) {
                problems.add("sink " + sink + ": the host " + target.host()
                        + " is not known; the server would start and keep trying");
                return;
            }
            socket.connect(address, CONNECT_MILLIS_MAX);
        } catch (IOException e) {
            problems.add("sink " + sink + ": no connection to " + target + ": " + e.getMessage()
                    + "; the server would start and keep trying");
        }
    }

    private static void listen(String section, HostPort address, List<String> problems) {
        try (ServerSocket socket = new ServerSocket()) {
            // As the server does: connections of one that ended a moment ago are no hindrance.
            socket.setReuseAddress(true);
            InetSocketAddress at = new InetSocketAddress(address.host(), address.port());
            if (at.isUnresolved()) {
                problems.add(section + ".address: the host of " + address + " is not known; set one of this machine");
                return;
            }
            socket.bind(at);
        } catch (IOException e) {
            problems.add(section + ".address: cannot listen on " + address + ": " + e.getMessage()
                    + "; end what listens there, or set another address or port (0: any free one)");
        }
    }
}
