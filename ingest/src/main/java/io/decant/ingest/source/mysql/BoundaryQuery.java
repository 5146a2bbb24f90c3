package io.decant.ingest.source.mysql;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * The bounds that a query of the user's gives. They only say where ranges end: rows below the first and above the last
 * are imported, too. That they ascend is for the database to say, by whose order the ranges are read: with bounds in
 * another order rows would come twice.
 */
final class BoundaryQuery {

    /** More is a mistake in the query. */
    private static final int BOUNDS_MAX = 1_024;

    private final Connection connection;
    private final MysqlCatalog catalog;
    private final String query;
    private final TableColumn split;
    private final int rangesMax;

    BoundaryQuery(Connection connection, MysqlCatalog catalog, String query, TableColumn split, int rangesMax) {
        this.connection = connection;
        this.catalog = catalog;
        this.query = query;
        this.split = split;
        this.rangesMax = rangesMax;
    }

    /** The bounds between ranges, in order. */
    List<List<byte[]>> bounds() throws SQLException {
        List<byte[]> bounds = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            int columns = row.getMetaData().getColumnCount();
            if (columns == 2) {
                return row.next() ? evenly(row.getString(1), row.getString(2)) : List.of();
            }
            if (columns != 1) {
                throw new ImportException("the boundary-query gives " + columns
                        + " columns; write one of bounds, or two:" + " the least and the greatest value");
            }
            while (row.next()) {
                byte[] bound = value(row);
                if (bound != null && bounds.size() == BOUNDS_MAX) {
                    throw new ImportException("the boundary-query gives more than " + BOUNDS_MAX + " bounds");
                }
                if (bound != null) {
                    bounds.add(bound);
                }
            }
        }
        requireAscending(bounds);
        return bounds.stream().map(List::of).toList();
    }

    private byte[] value(ResultSet row) throws SQLException {
        if (split.kind() == ColumnKind.BINARY) {
            return row.getBytes(1);
        }
        String text = row.getString(1);
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    private void requireAscending(List<byte[]> bounds) throws SQLException {
        for (int i = 1; i < bounds.size(); i++) {
            String before = compared(bounds.get(i - 1));
            String after = compared(bounds.get(i));
            if (catalog.number("SELECT " + before + " < " + after) != 1) {
                throw new ImportException("the boundary-query gives "
                        + new String(bounds.get(i - 1), StandardCharsets.UTF_8) + " before "
                        + new String(bounds.get(i), StandardCharsets.UTF_8) + ", which is not the database's order;"
                        + " add an ORDER BY, and no bound twice");
            }
        }
    }

    /** A bound as the column compares it, where there is no column. */
    private String compared(byte[] bound) {
        String value = SqlText.value(split, bound);
        return switch (split.dataType()) {
            case "date", "datetime", "timestamp" -> "CAST(" + value + " AS DATETIME(6))";
            case "time" -> "CAST(" + value + " AS TIME(6))";
            case "uuid", "inet4", "inet6" -> "CAST(" + value + " AS " + split.dataType() + ")";
            default -> value;
        };
    }

    private List<List<byte[]>> evenly(String least, String greatest) {
        if (least == null || greatest == null) {
            return List.of();
        }
        if (split.kind() != ColumnKind.NUMBER) {
            throw new ImportException(
                    "the boundary-query gives a least and a greatest value, between which only numbers can be"
                            + " divided, and column " + split.name() + " is of type " + split.type()
                            + "; write a query of one column");
        }
        BigDecimal from;
        BigDecimal to;
        try {
            from = new BigDecimal(least);
            to = new BigDecimal(greatest);
        } catch (NumberFormatException e) {
            throw new ImportException(
                    "the boundary-query gives '" + least + "' and '" + greatest + "', which are no numbers");
        }
        List<List<byte[]>> bounds = new ArrayList<>();
        BigInteger last = null;
        for (int i = 1; i < rangesMax; i++) {
            BigInteger bound = to.subtract(from)
                    .multiply(BigDecimal.valueOf(i))
                    .divide(BigDecimal.valueOf(rangesMax), 0, RoundingMode.FLOOR)
                    .add(from)
                    .setScale(0, RoundingMode.FLOOR)
                    .toBigInteger();
            if (last == null || bound.compareTo(last) > 0) {
                bounds.add(List.of(bound.toString().getBytes(StandardCharsets.ISO_8859_1)));
                last = bound;
            }
        }
        return bounds;
    }
}
