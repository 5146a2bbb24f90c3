package io.decant.ingest.cli;

import io.decant.ingest.deadletter.LetterFilter;
import io.decant.ingest.deadletter.Reason;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** Which dead letters a command is about; all, where nothing is said. */
final class LetterOptions {
    @Spec(Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--sink",
            paramLabel = "NAME",
            description = "Only those of this sink; an empty name for records that reached no sink.")
    private String sink;

    @Option(
            names = "--reason",
            paramLabel = "REASON",
            description = "Only those with this reason: refused, not-json, newline-in-record, tombstone, missing-key or"
                    + " unprocessable.")
    private String reason;

    @Option(names = "--batch", paramLabel = "N", description = "Those of this batch.")
    private Long batch;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "Only those written since then: 2026-11-21 (UTC) or 2026-11-21T10:00:00Z.")
    private String since;

    /** @throws ParameterException where an option means nothing */
    LetterFilter filter() {
        return new LetterFilter(sink, reason == null ? null : reason(), batch, since == null ? null : since());
    }

    private Reason reason() {
        return Reason.of(reason).orElseThrow(() -> {
            String words = Arrays.stream(Reason.values()).map(Reason::word).collect(Collectors.joining(", "));
            return new ParameterException(command.commandLine(), "--reason: '" + reason + "' is none of " + words);
        });
    }

    private Instant since() {
        try {
            return since.indexOf('T') < 0
                    ? LocalDate.parse(since).atStartOfDay(ZoneOffset.UTC).toInstant()
                    : OffsetDateTime.parse(since).toInstant();
        } catch (DateTimeException e) {
            throw new ParameterException(
                    command.commandLine(),
                    "--since: '" + since + "' is not a time; write 2026-11-21 or 2026-11-21T10:00:00Z",
                    e);
        }
    }
}
