package io.decant.ingest.source.mysql;

import io.decant.config.MysqlSourceSettings;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/** What a source would import, for {@code decant validate --connect}: reads the bounds of tables, and no other row. */
final class TablePlanReport {

    private final String source;
    private final MysqlSourceSettings settings;
    private final MysqlConnections connections;

    TablePlanReport(String source, MysqlSourceSettings settings) {
        this.source = source;
        this.settings = settings;
        this.connections = new MysqlConnections(settings);
    }

    /** What keeps tables from being imported; a line each. */
    List<String> problems() {
        List<String> problems = new ArrayList<>();
        try (Connection connection = connections.open()) {
            for (String table : settings.tables().keySet()) {
                problems.addAll(problems(connection, table));
            }
        } catch (SQLException e) {
            problems.add("source " + source + ": no connection to " + connections.address() + ": " + connections.why(e)
                    + "; the server would start and keep trying");
        }
        return problems;
    }

    private TablePlanner planner(Connection connection, String table) {
        return new TablePlanner(connections, connection, settings, table, millis -> {});
    }

    private List<String> problems(Connection connection, String table) {
        try {
            planner(connection, table).look();
            return List.of();
        } catch (ImportException | SQLException e) {
            return List.of("source " + source + ": table " + table + ": " + connections.why(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }

    /** Tables, rows, split columns, ranges and their bounds. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        try (Connection connection = connections.open()) {
            for (String table : settings.tables().keySet()) {
                TablePlanner planner = planner(connection, table);
                TablePlan plan = planner.look();
                String before = "source " + source + ": table " + table + ": ";
                lines.add(before + "rows: about " + plan.rows() + ", key: " + names(plan.key()) + ", split by: "
                        + names(plan.split()) + ", ranges: " + plan.ranges().size());
                for (int i = 0; i < plan.ranges().size(); i++) {
                    lines.add(before + "range " + i + ": "
                            + bounds(plan, plan.ranges().get(i)));
                }
                planner.warnings(plan).forEach(warning -> lines.add(before + warning));
            }
        } catch (ImportException | SQLException e) {
            lines.add("source " + source + ": " + connections.why(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return lines;
    }

    private static String names(List<TableColumn> columns) {
        return columns.stream().map(TableColumn::name).collect(Collectors.joining(", "));
    }

    static String bounds(TablePlan plan, RangePlan range) {
        if (range.nulls()) {
            return names(plan.split()) + " is NULL";
        }
        String low = range.low().isEmpty() ? "the beginning" : "behind " + values(plan.split(), range.low());
        return "from " + low + " up to " + values(plan.split(), range.high());
    }

    private static String values(List<TableColumn> columns, List<byte[]> values) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            boolean isBinary = columns.get(i).kind() == ColumnKind.BINARY;
            texts.add(
                    isBinary
                            ? "0x" + HexFormat.of().formatHex(values.get(i))
                            : new String(values.get(i), StandardCharsets.UTF_8));
        }
        return texts.size() == 1 ? texts.get(0) : "(" + String.join(", ", texts) + ")";
    }
}
