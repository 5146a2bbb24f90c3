package io.decant.ingest.source.mysql;

import io.decant.config.MysqlSourceSettings;
import io.decant.ingest.journal.Block;
import io.decant.ingest.source.Source;
import io.decant.ingest.source.SourceComponent;
import io.decant.ingest.source.SourceContext;
import io.decant.ingest.source.SourceNeeds;
import io.decant.ingest.source.SourceType;
import io.decant.ingest.tls.ClientTls;
import java.util.List;
import java.util.Set;

/** {@code type: mysql}. */
public record MysqlSourceComponent(String name, MysqlSourceSettings settings) implements SourceComponent {

    public static final SourceType<MysqlSourceSettings> TYPE =
            new SourceType<>(MysqlSourceSettings.TYPE, MysqlSourceSettings.class, MysqlSourceComponent::new);

    /** Connections beside those that read: for plans, and for markers. */
    private static final int MORE_CONNECTIONS = 16;
    /** Rows of a connection as a rule: a block, and what the driver has read ahead. */
    private static final long CONNECTION_BYTES = 2 << 20;
    /** A long row is in memory as it came, as a value and as a record, which grows by doubling. */
    private static final int COPIES_OF_ROW = 4;

    @Override
    public Source create(SourceContext context) {
        return new MysqlSource(
                name,
                settings,
                context.clock(),
                context.imports(),
                context.replannedTables(),
                settings.tls().map(tls -> new ClientTls("source " + name, tls, context.vertx(), context.clock())));
    }

    @Override
    public SourceNeeds needs() {
        long usual = settings.connections() * CONNECTION_BYTES;
        long longest = usual + COPIES_OF_ROW * settings.maxRecord().bytes();
        return SourceNeeds.ofClient(settings.connections() + MORE_CONNECTIONS, usual, longest, "rows of tables");
    }

    @Override
    public int cursorBytesMax() {
        return Block.CURSOR_BYTES_MAX;
    }

    @Override
    public Set<String> importedTables() {
        return settings.tables().keySet();
    }

    @Override
    public List<String> connectionProblems() {
        return new TablePlanReport(name, settings).problems();
    }

    @Override
    public List<String> connectionReport() {
        return new TablePlanReport(name, settings).lines();
    }
}
