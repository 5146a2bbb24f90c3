package io.decant.ingest.demo;

import io.decant.ingest.cli.CliException;
import io.decant.ingest.cli.Console;
import io.decant.ingest.cli.ExitStatus;
import io.decant.ingest.cli.Logging;
import io.decant.ingest.cli.Main;
import io.decant.ingest.cli.StopSignal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code decant demo}. */
@Command(name = "demo", description = Main.DEMO)
final class DemoCommand implements Callable<Integer> {
    private static final int SECONDS_MAX = 24 * 60 * 60;

    private final Console out;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description =
                    "Generate records for N seconds and end; without it, for 10, then wait for yours until Ctrl-C.")
    private Integer seconds;

    @Option(names = "--kafka", description = "Send the stream through a real Kafka broker, in a separate process.")
    private boolean kafka;

    DemoCommand(Console out) {
        this.out = out;
    }

    @Override
    public Integer call() {
        if (seconds != null && (seconds < 1 || seconds > SECONDS_MAX)) {
            throw new ParameterException(
                    spec.commandLine(), "--seconds: " + seconds + " is not from 1 to " + SECONDS_MAX);
        }
        Duration generated = seconds == null ? Demo.GENERATED_DEFAULT : Duration.ofSeconds(seconds);
        Logging.quieten();
        try (StopSignal stop = StopSignal.install()) {
            Screen screen = new Screen(out.out(), out.err(), out.errIsTerminal());
            Demo demo = new Demo(
                    generated,
                    kafka ? Optional.of(brokerJars()) : Optional.empty(),
                    seconds == null,
                    stop.received(),
                    screen);
            return demo.run(new SecureRandom().nextLong()) ? ExitStatus.DONE : ExitStatus.FAILED;
        } catch (DemoException e) {
            throw new CliException(ExitStatus.FAILED, e.getMessage(), e);
        }
    }

    private static Path brokerJars() {
        Path jars = Path.of(System.getProperty("decant.home", "."), "lib", "kafka-broker");
        if (!Files.isDirectory(jars)) {
            throw new CliException(
                    ExitStatus.FAILED,
                    "demo --kafka has no broker under " + jars
                            + "; it is an option of the source tree, which builds one: ./decant" + " demo --kafka");
        }
        return jars;
    }
}
