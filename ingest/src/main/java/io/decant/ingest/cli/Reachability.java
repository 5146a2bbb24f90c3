package io.decant.ingest.cli;

import io.decant.config.HdfsSinkSettings;
import io.decant.config.HostPort;
import io.decant.config.HttpSinkSettings;
import io.decant.config.Settings;
import io.decant.config.SourceSettings;
import io.decant.config.TcpSourceSettings;
import io.decant.offload.files.BatchFiles;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Tries what settings name on the network. Sends nothing and keeps nothing open. */
final class Reachability {
    /** A receiver that takes longer than this to accept a connection is as good as away. */
    private static final int CONNECT_MILLIS_MAX = (int) TimeUnit.SECONDS.toMillis(5);

    /** The client of a filesystem tries a few times by itself. */
    private static final int FILESYSTEM_SECONDS_MAX = 20;

    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;

    private final Settings settings;

    Reachability(Settings settings) {
        this.settings = settings;
    }

    /** Sinks that do not accept a connection, a line each. */
    List<String> sinks() {
        List<String> problems = new ArrayList<>();
        settings.sinks().forEach((name, sink) -> {
            if (sink instanceof HttpSinkSettings http) {
                connect(name, target(http), problems);
            } else {
                reach(name, (HdfsSinkSettings) sink, problems);
            }
        });
        return problems;
    }

    /** Addresses of sources and admin that cannot be listened at, a line each. */
    List<String> addresses() {
        List<String> problems = new ArrayList<>();
        settings.sources().forEach((name, source) -> listen("sources." + name, address(source), problems));
        listen("admin", settings.admin().address(), problems);
        return problems;
    }

    private static HostPort target(HttpSinkSettings sink) {
        URI url = sink.url();
        int ofScheme = "https".equalsIgnoreCase(url.getScheme()) ? HTTPS_PORT : HTTP_PORT;
        String host = url.getHost();
        return new HostPort(
                host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
                url.getPort() < 0 ? ofScheme : url.getPort());
    }

    /** In a thread of its own, which is left behind where the filesystem does not answer: its calls cannot be hurried. */
    private static void reach(String sink, HdfsSinkSettings settings, List<String> problems) {
        FutureTask<String> look = new FutureTask<>(() -> {
            try (BatchFiles files = BatchFiles.connect(settings.uri(), settings.hadoopConf())) {
                files.exists("");
                return "";
            } catch (IOException e) {
                return e.getMessage();
            }
        });
        Thread thread = new Thread(look, "decant-reach-" + sink);
        thread.setDaemon(true);
        thread.start();
        String problem;
        try {
            problem = look.get(FILESYSTEM_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            problem = "no answer within " + FILESYSTEM_SECONDS_MAX + " s";
        } catch (ExecutionException e) {
            problem = e.getCause().toString();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            problem = "interrupted";
        }
        if (!problem.isEmpty()) {
            problems.add("sink " + sink + ": " + settings.uri() + " cannot be reached: "
                    + problem.lines().findFirst().orElse("") + "; the server would start and keep trying");
        }
    }

    private static HostPort address(SourceSettings source) {
        if (source instanceof TcpSourceSettings tcp) {
            return tcp.address();
        }
        throw new IllegalArgumentException("no address for " + source.getClass());
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
