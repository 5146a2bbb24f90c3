package io.decant.ingest.cli;

import io.decant.ingest.pipeline.Server;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code decant run}: the server, until a signal or a failure ends it. */
@Command(
        name = "run",
        description = "Runs the server until SIGTERM or SIGINT, which drain it; a second signal ends it at once.")
final class RunCommand implements Callable<Integer> {
    private final Out out;

    @Mixin
    private SettingsOptions settings;

    @Option(
            names = "--forget-sink",
            paramLabel = "NAME",
            description = "Gives up what a sink that is gone from the settings has not had. May be repeated.")
    private Set<String> forgetSinks = new LinkedHashSet<>();

    RunCommand(Out out) {
        this.out = out;
    }

    @Override
    public Integer call() {
        try (StopSignal stop = StopSignal.install();
                Server server = Server.start(settings.load(out.env()), forgetSinks)) {
            CompletableFuture<Throwable> failure = server.failure();
            CompletableFuture.anyOf(stop.received(), failure).join();
            if (!failure.isDone()) {
                server.drain();
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
}
