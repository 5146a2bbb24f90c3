package io.decant.ingest.cli;

import io.decant.config.Settings;
import io.decant.ingest.admin.AdminWarnings;
import io.decant.ingest.component.SourceTypes;
import io.decant.ingest.datadir.DataDirectory;
import io.decant.ingest.pipeline.ReplayRange;
import io.decant.ingest.pipeline.StartOptions;
import io.decant.ingest.server.MemoryNeeds;
import io.decant.ingest.server.Server;
import io.decant.ingest.source.SourceComponent;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code decant run}: the server, until a signal or a failure ends it. */
@Command(
        name = "run",
        description = "Runs the server until SIGTERM, SIGINT or SIGHUP, which drain it; a second signal stops it"
                + " immediately. With --on-hangup=reload SIGHUP has the certificates read again instead.")
final class RunCommand implements Callable<Integer> {
    private static final Logger log = LoggerFactory.getLogger(RunCommand.class);

    private final Console out;

    @Mixin
    private SettingsOptions settings;

    @Option(
            names = "--forget-sink",
            paramLabel = "NAME",
            description = "Discard undelivered data of a sink that was removed from the settings. May be repeated.")
    private Set<String> forgetSinks = new LinkedHashSet<>();

    @Option(
            names = "--accept-moved-sink",
            paramLabel = "NAME",
            description = "Deliver undelivered data of a database sink to the url and ledger that it has now, though it"
                    + " was cut for others. May be repeated.")
    private Set<String> movedSinks = new LinkedHashSet<>();

    @Option(
            names = "--until-imported",
            description =
                    "End with status 0 once every table is imported and every sink has everything. Only for sources"
                            + " that import tables.")
    private boolean untilImported;

    @Option(
            names = "--replan",
            paramLabel = "TABLE",
            description = "Plan the import of a table anew, and import it again: all of its rows come once more. May be"
                    + " repeated.")
    private Set<String> replannedTables = new LinkedHashSet<>();

    @Option(
            names = "--on-hangup",
            paramLabel = "ACTION",
            defaultValue = "drain",
            description =
                    "What SIGHUP does, ${COMPLETION-CANDIDATES}: shut down as SIGTERM does, or read the certificates"
                            + " again and log what came of it. Default: ${DEFAULT-VALUE}.",
            showDefaultValue = Visibility.NEVER)
    private OnHangup onHangup;

    /** Named as the option has them. */
    private enum OnHangup {
        drain,
        reload
    }

    @ArgGroup(exclusive = false)
    private ReplayOptions replay;

    /** Belong together: none of them, or the first two. */
    private static final class ReplayOptions {
        @Option(
                names = "--replay",
                required = true,
                paramLabel = "SINK",
                description = "Deliver batches to this sink again, under the same keys, before it continues.")
        private String sink;

        @Option(
                names = "--from-batch",
                required = true,
                paramLabel = "N",
                description = "The first batch to replay; it must still be retained (see journal.retain).")
        private long from;

        @Option(
                names = "--to-batch",
                paramLabel = "M",
                description = "The last batch to replay. Default: the last one that the sink has completely.")
        private Long to;
    }

    @Spec
    private CommandSpec spec;

    RunCommand(Console out) {
        this.out = out;
    }

    @Override
    public Integer call() {
        Optional<ReplayRange> range = Optional.ofNullable(replay).map(this::range);
        Settings loaded = loaded();
        DataDirectory.memoryFilesystem(loaded.dataDir())
                .ifPresent(type -> log.warn("{}", inMemory(loaded.dataDir(), type)));
        MemoryNeeds.warnings(loaded).forEach(warning -> log.warn("{}", warning));
        AdminWarnings.of(loaded.admin()).forEach(warning -> log.warn("{}", warning));
        checkTables(loaded);
        StartOptions options = new StartOptions(forgetSinks, movedSinks, range, replannedTables);
        AtomicReference<Server> running = new AtomicReference<>();
        Optional<Runnable> reload =
                onHangup == OnHangup.reload ? Optional.of(() -> reload(running.get())) : Optional.empty();
        try (StopSignal stop = StopSignal.install(reload);
                Server server = Server.start(loaded, options)) {
            running.set(server);
            String scheme = loaded.admin().tls().isPresent() ? "https://" : "http://";
            String pages = scheme + AdminUrl.ofThisMachine(server.adminAddress());
            log.info("ready: see {}/status; all pages: {}/", pages, pages);
            CompletableFuture<Throwable> failure = server.failure();
            if (untilImported) {
                untilImported(server, stop);
            } else {
                CompletableFuture.anyOf(stop.received(), failure).join();
                if (!failure.isDone()) {
                    server.drain();
                }
            }
            if (failure.isDone()) {
                throw new CliException(
                        ExitStatus.FAILED,
                        "the server failed: " + failure.join().getMessage(),
                        failure.join());
            }
            return ExitStatus.DONE;
        }
    }

    /** On the thread of a signal. */
    private static void reload(Server server) {
        log.info("SIGHUP: reloading certificates; a change of other settings needs a restart");
        if (server == null) {
            log.info("SIGHUP: the server is still starting and reads them anyway");
        } else if (!server.reload()) {
            log.info("SIGHUP: no certificates in the settings, so there is nothing to reload");
        }
    }

    /** Runs until everything is imported and delivered, or something keeps it from being. */
    private void untilImported(Server server, StopSignal stop) {
        CompletableFuture<Void> imported = server.imported();
        try (ImportProgress progress = ImportProgress.on(out, server)) {
            CompletableFuture.anyOf(stop.received(), server.failure(), imported.exceptionally(e -> null))
                    .join();
            boolean isImported = imported.isDone() && !imported.isCompletedExceptionally();
            if (server.failure().isDone()) {
                return;
            }
            if (isImported && server.finish(() -> stop.received().isDone())) {
                return;
            }
            server.drain();
            if (server.failure().isDone()) {
                return;
            }
            progress.close();
            throw new CliException(ExitStatus.FAILED, whyNot(imported));
        }
    }

    private static String whyNot(CompletableFuture<Void> imported) {
        if (!imported.isDone()) {
            return "stopped before everything was imported; the next start goes on there";
        }
        if (!imported.isCompletedExceptionally()) {
            return "everything is imported, but not delivered to every sink; the next start goes on there";
        }
        try {
            imported.join();
            return "";
        } catch (CompletionException e) {
            return e.getCause().getMessage();
        }
    }

    private void checkTables(Settings loaded) {
        Set<String> tables = new LinkedHashSet<>();
        for (SourceComponent source : SourceTypes.of(loaded)) {
            tables.addAll(source.importedTables());
            if (untilImported && source.importedTables().isEmpty()) {
                throw new ParameterException(
                        spec.commandLine(),
                        "--until-imported is for sources that end; source " + source.name() + " of type "
                                + loaded.sources().get(source.name()).type()
                                + " does not: run it by another server");
            }
        }
        for (String table : replannedTables) {
            if (!tables.contains(table)) {
                throw new ParameterException(
                        spec.commandLine(),
                        "--replan: no source imports a table " + table + "; tables: "
                                + (tables.isEmpty() ? "none" : String.join(", ", tables)));
            }
        }
    }

    /** What is wrong with a data directory on a filesystem of that type. */
    static String inMemory(Path dataDir, String type) {
        return "data-dir " + dataDir + " is on " + type
                + ", which is memory: when the machine stops, records that were acknowledged"
                + " and not delivered are lost; set data-dir to a directory on a disk";
    }

    private Settings loaded() {
        Settings loaded = settings.load(out.env());
        List<String> problems = MemoryNeeds.problems(loaded);
        if (!problems.isEmpty()) {
            throw new CliException(ExitStatus.BAD_SETTINGS, String.join("; ", problems));
        }
        return loaded;
    }

    private ReplayRange range(ReplayOptions options) {
        OptionalLong to = options.to == null ? OptionalLong.empty() : OptionalLong.of(options.to);
        try {
            return new ReplayRange(options.sink, options.from, to);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--replay takes batches from 1 on, the first one first, not " + e.getMessage(),
                    e);
        }
    }
}
