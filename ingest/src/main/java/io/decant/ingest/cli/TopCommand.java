package io.decant.ingest.cli;

import io.decant.config.PrintableText;
import io.decant.config.Settings;
import io.decant.config.SettingsLoader;
import io.decant.ingest.datadir.DataDirectory;
import io.decant.offload.json.JsonFormatException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code decant top}: a running server at a glance, in a terminal. */
@Command(
        name = "top",
        description = "Shows a running server at a glance, again each second, until SIGINT: whether it is healthy,"
                + " rates, delays, sources, sinks and batches. Changes nothing.")
final class TopCommand implements Callable<Integer> {

    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int SECONDS_ASKED = 60;
    private static final String TO_TOP_LEFT = "\u001b[H";
    private static final String CLEAR_LINE = "\u001b[K";
    private static final String CLEAR_BELOW = "\u001b[J";
    private static final String CLEAR = "\u001b[2J";

    /** Asked for null, too, which {@code List.of} refuses. */
    private static final List<String> HTTP = Arrays.asList("http", "https");

    private final Console out;

    @Spec
    private CommandSpec spec;

    /** Of the server that answered last. */
    private Optional<AdminClient> known = Optional.empty();

    @ArgGroup(multiplicity = "1")
    private Server server;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Sets one setting over the file, e.g. --set data-dir=/srv/decant. May be repeated.")
    private List<String> sets = new ArrayList<>();

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "With --url: a file with the token of a user of the admin port.")
    private Path tokenFile;

    @Option(
            names = "--ca-file",
            paramLabel = "FILE",
            description = "With --url: certificates that sign the server's, PEM. Default: those of the platform.")
    private Path caFile;

    @Option(names = "--once", description = "Once, and end: for scripts.")
    private boolean once;

    /** One of the two. */
    private static final class Server {

        @Option(
                names = {"-c", "--config"},
                paramLabel = "FILE",
                description = "The settings of the server, which runs on this machine.")
        private Path settings;

        @Option(
                names = "--url",
                paramLabel = "URL",
                description =
                        "The admin port of the server, e.g. http://127.0.0.1:8080, with the base path if it has one.")
        private URI url;
    }

    TopCommand(Console out) {
        this.out = out;
    }

    @Override
    public Integer call() {
        if (server.url != null && (!HTTP.contains(server.url.getScheme()) || server.url.getHost() == null)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--url: '" + server.url + "' is not like http://host:port or https://host:port");
        }
        Optional<Settings> settings =
                Optional.ofNullable(server.settings).map(file -> SettingsLoader.load(file, sets, out.env()));
        if (once) {
            lines(settings).forEach(line -> out.out().println(line));
            return ExitStatus.DONE;
        }
        boolean redraws = out.outIsTerminal();
        if (redraws) {
            out.out().print(CLEAR);
        }
        while (true) {
            show(linesOrWhyNot(settings), redraws);
            LockSupport.parkNanos(this, INTERVAL_NANOS);
        }
    }

    private void show(List<String> lines, boolean redraws) {
        if (redraws) {
            out.out().print(TO_TOP_LEFT);
        }
        lines.forEach(line -> out.out().println(redraws ? line + CLEAR_LINE : line));
        if (redraws) {
            out.out().print(CLEAR_BELOW);
        } else {
            out.out().println();
        }
        out.out().flush();
    }

    /** A server that is away may come back. */
    private List<String> linesOrWhyNot(Optional<Settings> settings) {
        try {
            return lines(settings);
        } catch (CliException e) {
            // Its address, its token or its certificate may be another now.
            known = Optional.empty();
            return List.of(PrintableText.of(e.getMessage()));
        }
    }

    private List<String> lines(Optional<Settings> settings) {
        try {
            if (known.isEmpty()) {
                known = Optional.of(settings.isPresent() ? besideServer(settings.get()) : remote());
            }
            return lines(known.get());
        } catch (JsonFormatException e) {
            throw new CliException(
                    ExitStatus.FAILED, "what answers is not a server of this version: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new CliException(ExitStatus.FAILED, "the server cannot be asked: " + e, e);
        }
    }

    private static List<String> lines(AdminClient client) throws IOException {
        ShownStatus status = ShownStatus.of(client.get("/status"));
        ShownStatus.Seconds seconds = ShownStatus.Seconds.of(client.get("/history?seconds=" + SECONDS_ASKED));
        return TopView.lines(status, seconds, client.address());
    }

    private static AdminClient besideServer(Settings settings) throws IOException {
        DataDirectory.requireNoFile(settings.dataDir());
        DataDirectory.checkForReading(settings.dataDir());
        if (DataDirectory.holder(settings.dataDir()).isEmpty()) {
            throw new CliException(ExitStatus.FAILED, "no server runs on " + settings.dataDir());
        }
        return AdminClient.of(settings);
    }

    private AdminClient remote() {
        return AdminClient.of(server.url, Optional.ofNullable(tokenFile), Optional.ofNullable(caFile));
    }
}
