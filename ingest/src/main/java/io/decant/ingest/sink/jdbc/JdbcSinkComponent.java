package io.decant.ingest.sink.jdbc;

import io.decant.bucketer.KeySpec;
import io.decant.config.JdbcSinkSettings;
import io.decant.config.WriteMode;
import io.decant.ingest.journal.SinkShape;
import io.decant.ingest.sink.OneLine;
import io.decant.ingest.sink.Sink;
import io.decant.ingest.sink.SinkComponent;
import io.decant.ingest.sink.SinkContext;
import io.decant.ingest.sink.SinkNeeds;
import io.decant.ingest.sink.SinkType;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code type: jdbc}. */
public record JdbcSinkComponent(String name, JdbcSinkSettings settings) implements SinkComponent {

    public static final SinkType<JdbcSinkSettings> TYPE =
            new SinkType<>(JdbcSinkSettings.TYPE, JdbcSinkSettings.class, JdbcSinkComponent::new);

    private static final int MESSAGE_CHARS_MAX = 500;
    /** The part itself, and as much again of what its statement carries. */
    private static final int COPIES = 2;

    @Override
    public Sink create(SinkContext context) {
        return JdbcSink.of(name, settings, context);
    }

    @Override
    public SinkShape shape() {
        return new SinkShape(
                name,
                settings.type(),
                settings.deleteTombstones() ? SinkShape.ROWS_AND_TOMBSTONES : SinkShape.ROWS,
                settings.maxRecords(),
                settings.maxBytes().bytes(),
                TargetText.of(settings).text());
    }

    @Override
    public String target() {
        return settings.database() + " " + settings.table();
    }

    @Override
    public SinkNeeds needs() {
        return new SinkNeeds(
                settings.concurrency(),
                settings.concurrency(),
                COPIES * settings.maxBytes().bytes(),
                false);
    }

    @Override
    public boolean replaysToNewest() {
        return true;
    }

    @Override
    public Optional<String> letterReplayHint() {
        return settings.mode() == WriteMode.UPSERT && settings.newerBy().isEmpty()
                ? Optional.of("sink " + name + ": without newer-by, replayed dead letters overwrite newer rows")
                : Optional.empty();
    }

    @Override
    public Optional<String> movedFrom(SinkShape undelivered) {
        if (undelivered.extra().isEmpty()) {
            return Optional.of("it was of type " + undelivered.type());
        }
        TargetText before;
        try {
            before = TargetText.parse(undelivered.extra());
        } catch (IllegalArgumentException e) {
            return Optional.of("it was written by a newer version");
        }
        TargetText now = TargetText.of(settings);
        if (!before.database().equals(now.database())) {
            return Optional.of("its url was " + before.database());
        }
        return before.ledger().equals(now.ledger())
                ? Optional.empty()
                : Optional.of("its ledger was " + before.ledger());
    }

    @Override
    public List<String> connectionProblems(KeySpec bucketKey) {
        return look((dialect, connection) -> {
            TableShape shape = dialect.table(connection, TableName.of(settings.table()));
            if (shape == null) {
                return List.of("table " + settings.table() + " does not exist, or may not be read");
            }
            TableCheck check = new TableCheck(dialect, TargetText.of(settings), bucketKey);
            List<String> problems = new ArrayList<>(check.problems(shape));
            problems.addAll(check.foldProblems(shape));
            return problems;
        });
    }

    @Override
    public List<String> connectionHints(KeySpec bucketKey) {
        return look((dialect, connection) -> {
            TableShape shape = dialect.table(connection, TableName.of(settings.table()));
            return shape == null ? List.of() : new TableCheck(dialect, TargetText.of(settings), bucketKey).hints(shape);
        });
    }

    private interface Look {
        List<String> at(Dialect dialect, Connection connection) throws SQLException;
    }

    private List<String> look(Look look) {
        Dialect dialect = Dialect.of(settings.url());
        List<String> found;
        try (Connection connection = TableSession.connect(settings, dialect)) {
            found = look.at(dialect, connection);
        } catch (SQLException e) {
            found = List.of("no connection to " + settings.database() + ": "
                    + OneLine.of(settings.redact(String.valueOf(e.getMessage())), MESSAGE_CHARS_MAX)
                    + "; the server would start and keep trying");
        }
        return found.stream().map(problem -> "sink " + name + ": " + problem).toList();
    }
}
